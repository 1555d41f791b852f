import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { Alert, AlertState } from '#src/alerts/alert.ts';
import { parseBody } from '#src/alerts/body.ts';
import { readAlerts } from '#src/alerts/source.ts';
import { any } from '#src/alerts/sources/any.ts';
import { findSource } from '#src/alerts/sources/index.ts';
import { UserError } from '#src/errors.ts';

import { readRows, type Say } from './rows.ts';

interface Expected {
  readonly file: string;
  readonly vendor: string;
  readonly expected_status: AlertState;
}

/**
 * Reads every payload file below `folder` and compares the state with
 * `expected_status.jsonl` there. `unread` counts payloads with an expected
 * state that gave no alert, `crashes` anything but alerts or a UserError, in
 * any file at all.
 */
export async function status(folder: string, say: Say): Promise<Record<string, number>> {
  const expected = await readRows<Expected>(path.join(folder, 'expected_status.jsonl'));
  const files = (await readdir(folder, { recursive: true })).filter((file) => /\.(?:json|txt)$/.test(file));
  const outcomes = new Map<string, AlertState | 'unread' | 'crash'>();
  for (const file of files.toSorted()) {
    const body = await readFile(path.join(folder, file), 'utf8');
    outcomes.set(file, outcome(path.dirname(file), body, say, file));
  }
  const read = expected.map((row) => ({ ...row, state: outcomes.get(path.normalize(row.file)) ?? 'unread' }));
  const right = read.filter((row) => row.state === row.expected_status);
  for (const row of read.filter((it) => it.state !== it.expected_status)) {
    say(`${row.file}: expected ${row.expected_status}, read ${row.state}`);
  }
  return {
    n: expected.length,
    accuracy: round(right.length / expected.length),
    crashes: [...outcomes.values()].filter((it) => it === 'crash').length,
    unread: read.filter((it) => it.state === 'unread').length,
    files: files.length,
  };
}

function outcome(vendor: string, body: string, say: Say, file: string): AlertState | 'unread' | 'crash' {
  try {
    return stateOfAll(readBody(vendor, parseBody(body)));
  } catch (error) {
    if (error instanceof UserError) return 'unread';
    say(`${file}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 'crash';
  }
}

/** At the address of the vendor's own source where there is one and it takes the payload, else at the general one. */
function readBody(vendor: string, payload: unknown): Alert[] {
  const own = findSource(vendor) ?? findSource(vendor.replace(/^llm-/, ''));
  try {
    return readAlerts(own ?? any, payload);
  } catch (error) {
    if (own && error instanceof UserError) return readAlerts(any, payload);
    throw error;
  }
}

/** A payload with several alerts fires while one of them does. */
function stateOfAll(alerts: readonly Alert[]): AlertState | 'unread' {
  for (const state of ['firing', 'acknowledged', 'resolved', 'other'] as const) {
    if (alerts.some((alert) => alert.state === state)) return state;
  }
  return 'unread';
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
