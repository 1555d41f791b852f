import { createHash } from 'node:crypto';

import type { Model } from './models.ts';
import { plain, isObject, type Json, type JsonObject } from './refusal.ts';

/** The prompt of a request, cut where a mark could stand, in the order in which the model reads it. */
interface Piece {
  readonly text: string;
  readonly mark: '5m' | '1h' | null;
}

/** Input of one request, in tokens. `input` is what neither came from the cache nor went into it. */
export interface InputUsage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  /** Up to the last mark: what a second request like it can hope for. */
  readonly prefix: number;
}

const TTL_MS = { '5m': 5 * 60_000, '1h': 60 * 60_000 } as const;
/** How many pieces before a mark are looked up as well. */
const LOOK_BACK = 20;

/**
 * A real one: a prefix is found again only when every byte of it, and the model, are the same. A
 * form for the answer is put before the instructions, so another form finds nothing; how it may
 * think and which tools it may use stand before the messages.
 */
export class PrefixCache {
  readonly #entries = new Map<string, { ttl: '5m' | '1h'; expires: number }>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Counts, and remembers what is marked. */
  read(body: JsonObject, model: Model): InputUsage {
    const pieces = piecesOf(body);
    const ends = endsOf(pieces);
    const hashes = hashesOf(pieces, model.id);
    const total = ends.at(-1) ?? 0;
    const marks = pieces.flatMap((it, index) =>
      it.mark !== null && (ends[index] ?? 0) >= model.minCached ? [{ index, ttl: it.mark }] : [],
    );
    const last = marks.at(-1);
    if (!last) return { input: total, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, prefix: 0 };
    const found = this.#longest(marks, hashes);
    const cacheRead = found === -1 ? 0 : (ends[found] ?? 0);
    let written = cacheRead;
    const writes = { '5m': 0, '1h': 0 };
    for (const { index, ttl } of marks) {
      const end = ends[index] ?? 0;
      if (end > written) {
        writes[ttl] += end - written;
        written = end;
      }
      this.#entries.set(hashes[index] ?? '', { ttl, expires: this.#now().getTime() + TTL_MS[ttl] });
    }
    const prefix = ends[last.index] ?? 0;
    return {
      input: total - prefix,
      cacheRead,
      cacheWrite5m: writes['5m'],
      cacheWrite1h: writes['1h'],
      prefix,
    };
  }

  #longest(marks: readonly { readonly index: number }[], hashes: readonly string[]): number {
    const now = this.#now().getTime();
    for (const { index } of marks.toReversed()) {
      for (let at = index; at >= 0 && at > index - LOOK_BACK; at -= 1) {
        const entry = this.#entries.get(hashes[at] ?? '');
        if (!entry || entry.expires <= now) continue;
        entry.expires = now + TTL_MS[entry.ttl];
        return at;
      }
    }
    return -1;
  }
}

/** A made-up measure that is the same on every run: a token is three characters. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / 3);
}

/** Of the whole prompt. */
export function inputTokens(body: JsonObject): number {
  return endsOf(piecesOf(body)).at(-1) ?? 0;
}

function piecesOf(body: JsonObject): Piece[] {
  const config = isObject(body['output_config']) ? body['output_config'] : {};
  const pieces = [
    ...blocksOf(body['tools'], 'tool'),
    ...(isObject(config['format']) ? [unmarked(`format ${JSON.stringify(config['format'])}`)] : []),
    ...blocksOf(body['system'], 'system'),
    unmarked(settings(body)),
    ...messagesOf(body['messages']),
  ];
  const last = pieces.at(-1);
  if (last && isObject(body['cache_control'])) {
    pieces[pieces.length - 1] = { ...last, mark: markOf(body['cache_control']) };
  }
  return pieces;
}

function messagesOf(messages: Json | undefined): Piece[] {
  if (!Array.isArray(messages)) return [];
  return (messages as readonly Json[]).flatMap((it) =>
    isObject(it) ? blocksOf(it['content'], plain(it['role'])) : [],
  );
}

function blocksOf(value: Json | undefined, name: string): Piece[] {
  if (value === undefined || value === null) return [];
  const blocks = Array.isArray(value)
    ? (value as readonly Json[])
    : ([{ type: 'text', text: value }] as readonly Json[]);
  return blocks.map((it) => {
    if (!isObject(it)) return unmarked(`${name} ${JSON.stringify(it)}`);
    const { cache_control: mark, ...rest } = it;
    const text = `${name} ${JSON.stringify(rest)}`;
    return { text, mark: isObject(mark) ? markOf(mark) : null };
  });
}

/** They cost nothing, and are a part of what has to be the same. */
function settings(body: JsonObject): string {
  const said = JSON.stringify([body['tool_choice'] ?? null, body['thinking'] ?? null]);
  return said === '[null,null]' ? '' : `\0${said}`;
}

function unmarked(text: string): Piece {
  return { text, mark: null };
}

function markOf(mark: JsonObject): '5m' | '1h' {
  return mark['ttl'] === '1h' ? '1h' : '5m';
}

/** Tokens up to the end of each piece. */
function endsOf(pieces: readonly Piece[]): number[] {
  let sum = 0;
  return pieces.map(({ text }) => {
    if (!text.startsWith('\0')) sum += tokensOf(text);
    return sum;
  });
}

function hashesOf(pieces: readonly Piece[], model: string): string[] {
  let before = model;
  return pieces.map(({ text }) => {
    before = createHash('sha256').update(before).update(text).digest('hex');
    return before;
  });
}
