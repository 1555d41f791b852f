import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';

import { traceIds } from './telemetry/trace.ts';

export type Log = Logger;

export interface LogSettings {
  /** fatal, error, warn, info, debug, trace or silent. */
  readonly level: string;
}

/**
 * Structured logs, one JSON object a line, with secrets taken out twice: fields
 * that hold one by their name, and whatever looks like one of ours anywhere in
 * the finished line (an error's message, an address). A line of what is traced says
 * of which trace and span it is.
 */
export function makeLog({ level }: LogSettings, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    mixin: () => traceIds() ?? {},
    redact: {
      paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: '[secret]',
    },
    hooks: { streamWrite: hideSecrets },
  };
  return destination ? pino(options, destination) : pino(options);
}

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  '["set-cookie"]',
  '["x-api-key"]',
  'password',
  'secret',
  'token',
  'apiKey',
  'authToken',
  'privateKey',
  'smtpUrl',
  'bootstrapKey',
  'databaseUrl',
];

/** Keys of ours, secrets in addresses, and passwords in addresses of databases. */
export function hideSecrets(line: string): string {
  return line
    .replaceAll(/\bim_([0-9a-f]{12})_[\w-]{43}/g, 'im_$1_[secret]')
    .replaceAll(
      /(\/sign-in\/|\/ack\/|\/calendar\/|\/webhooks\/(?:changes\/)?[^/"\s?\\]+\/)(?![{:])[^/"\s?\\]+/g,
      '$1[secret]',
    )
    .replaceAll(/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [secret]')
    .replaceAll(/\b([a-z][a-z0-9+.-]*:\/\/[^/:@\s"\\]*):[^/@\s"\\]+@/gi, '$1:[secret]@');
}
