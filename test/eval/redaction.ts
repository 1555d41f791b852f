import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { cleanData } from '#src/llm/clean.ts';
import { Redaction } from '#src/llm/redact.ts';
import type { Data } from '#src/llm/task.ts';
import { Dice } from '#test/support/dice.ts';
import { plantedSecrets } from '#test/support/planted-secrets.ts';
import { telemetryLine } from '#test/support/telemetry-lines.ts';

import type { Say } from './rows.ts';

const ROUNDS = 200;
const CLEAN_LINES = 20_000;
const SEED = 2026;

/**
 * Secrets of every kind among lines of telemetry: how many are sent, and how many lines without one are changed.
 * Both are made here, by the same hand as what looks for them; with `data` (JSON, JSON lines or text, a file
 * or a folder) every text in it is taken for clean, so that `changed` is the most that is wrong with those:
 * what is changed may be somebody's address after all.
 */
export async function redaction(data: string | undefined, say: Say): Promise<Record<string, unknown>> {
  const dice = new Dice(SEED);
  const counts = { n: 0, sent: 0, broken: 0 };
  const kinds = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { kind, text, secret } of plantedSecrets(dice)) {
      kinds.add(kind);
      const told = cleanData({ line: `${telemetryLine(dice)} ${text} ${telemetryLine(dice)}`, title: text });
      const one = new Redaction();
      const redacted = one.redact(told);
      const isSent = JSON.stringify(redacted).includes(JSON.stringify(secret).slice(1, -1));
      counts.n += 1;
      counts.sent += isSent ? 1 : 0;
      counts.broken += JSON.stringify(one.restore(redacted)) === JSON.stringify(told) ? 0 : 1;
      if (isSent) say(`${kind} was sent: ${JSON.stringify(redacted)}`);
    }
  }
  const made = Array.from({ length: CLEAN_LINES }, () => telemetryLine(dice));
  const given = data === undefined ? [] : [...new Set(await textsOf(data))];
  return {
    ...counts,
    kinds: kinds.size,
    clean: shareChanged(made, () => {}),
    ...(data === undefined ? {} : { given: shareChanged(given, say) }),
  };
}

function shareChanged(lines: readonly string[], say: Say): Record<string, unknown> {
  let changed = 0;
  const removed: Record<string, number> = {};
  for (const line of lines) {
    const one = new Redaction();
    if (one.redact(line) === line) continue;
    changed += 1;
    for (const kind of Object.keys(one.removed)) removed[kind] = (removed[kind] ?? 0) + 1;
    // Enough to see what it is about; what was taken out may be a secret after all.
    if (changed <= SHOWN) say(`changed: ${JSON.stringify(one.redact(line)).slice(0, 200)}`);
  }
  return { n: lines.length, changed, share: lines.length === 0 ? 0 : changed / lines.length, removed };
}

const SHOWN = 20;

async function textsOf(place: string): Promise<string[]> {
  if ((await stat(place)).isDirectory()) {
    const inside = await readdir(place);
    return (await Promise.all(inside.map(async (it) => await textsOf(path.join(place, it))))).flat();
  }
  const text = await readFile(place, 'utf8');
  if (place.endsWith('.json')) return stringsIn(JSON.parse(text) as Data);
  const lines = text.split('\n').filter((it) => it.trim() !== '');
  return place.endsWith('.jsonl') ? lines.flatMap((it) => stringsIn(JSON.parse(it) as Data)) : lines;
}

function stringsIn(data: Data): string[] {
  if (typeof data === 'string') return [data];
  return typeof data === 'object' && data !== null ? Object.values(data).flatMap(stringsIn) : [];
}
