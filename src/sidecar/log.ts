/** Lines of JSON with the fields of the program's own log. Nothing in them is a secret: neither keys nor bodies are given to it. */
export interface SidecarLog {
  info(message: string, details: object): void;
  warn(message: string, details: object): void;
  error(message: string, details: object): void;
}

export function makeSidecarLog(now: () => Date, write: (line: string) => void): SidecarLog {
  const line = (level: number) => (message: string, details: object) =>
    write(`${JSON.stringify({ level, time: now().toISOString(), ...details, msg: message })}\n`);
  return { info: line(30), warn: line(40), error: line(50) };
}
