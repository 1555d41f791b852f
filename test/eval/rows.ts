import { readFile } from 'node:fs/promises';

/** Where an eval tells what it got wrong; the result itself is the last line of the output. */
export type Say = (line: string) => void;

/** A JSON-lines file as rows. */
export async function readRows<Row>(file: string): Promise<Row[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Row);
}
