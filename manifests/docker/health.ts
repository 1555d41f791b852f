import process from 'node:process';

/**
 * Whether the program in this container answers. A database that is away is no reason to start it again, so what it
 * says of its parts does not count: that is what /ready is for.
 */
const PATIENCE_MS = 4000;

try {
  const { PORT = '3000' } = process.env;
  const response = await fetch(`http://127.0.0.1:${PORT}/health`, {
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  process.exitCode = response.ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
