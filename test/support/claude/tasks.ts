import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Task } from '#src/llm/task.ts';

/** A task as the door sees it. */
export type AnyTask = Task<unknown, unknown>;

/** Every task that the product has: whatever calls `defineTask` and exports it. */
export async function allTasks(): Promise<readonly AnyTask[]> {
  const src = path.join(import.meta.dirname, '../../../src');
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((it) => it.endsWith('.ts') && !it.endsWith('llm/task.ts'))
    .map((it) => path.join(src, it))
    .filter((it) => readFileSync(it, 'utf8').includes('defineTask'));
  const modules = await Promise.all(
    files.map(async (it) => (await import(pathToFileURL(it).href)) as Readonly<Record<string, unknown>>),
  );
  const found = modules.flatMap((it) => Object.values(it)).filter((it) => isTask(it));
  return [...new Map(found.map((it) => [it.name, it])).values()].toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

function isTask(value: unknown): value is AnyTask {
  return typeof value === 'object' && value !== null && 'fallback' in value && 'samples' in value;
}
