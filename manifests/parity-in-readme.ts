import { readFileSync } from 'node:fs';
import path from 'node:path';

const BLOCK = /<!-- parity -->[^]*<!-- \/parity -->/;

/** The README with the table of what works where, as the last run of all tests proved it. */
export function withParity(readme: string): string {
  const table = readFileSync(path.join(import.meta.dirname, 'parity.md'), 'utf8');
  // One level lower, and without its title: the summary above it says that.
  const parts = table.split('\n').slice(1).join('\n').replaceAll(/^## /gm, '#### ').trim();
  return readme.replace(BLOCK, () => `<!-- parity -->\n\n${parts}\n\n<!-- /parity -->`);
}
