import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A plain Express server in a process of its own: reads the body, answers 202, stores nothing. */
export async function startEcho(): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = fork(path.join(import.meta.dirname, 'echo.ts'), { stdio: 'inherit' });
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}
