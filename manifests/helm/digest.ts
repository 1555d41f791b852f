import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Of everything that decides what the chart draws, so that a drawing can be told from an old one without drawing it. */
export function chartDigest(folder: string): string {
  const chart = readdirSync(path.join(folder, 'llm-incident-manager'), {
    recursive: true,
    withFileTypes: true,
  });
  const files = chart.filter((it) => it.isFile()).map((it) => path.join(it.parentPath, it.name));
  const hash = createHash('sha256');
  for (const file of [
    ...files.toSorted(),
    path.join(folder, 'full-values.yaml'),
    path.join(folder, 'render.go'),
  ]) {
    hash
      .update(`${path.relative(folder, file)}\n`)
      .update(readFileSync(file))
      .update('\n');
  }
  return hash.digest('hex').slice(0, 16);
}
