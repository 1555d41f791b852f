import { parseBody } from '#src/alerts/body.ts';
import { UserError } from '#src/errors.ts';

/** Deeper JSON than this is a mistake or an attack: what walks it afterwards would run out of stack. */
export const DEPTH_MAX = 64;

/**
 * Reads a body as JSON. What comes out can be stored: no NUL, no half characters and no number
 * beyond all numbers (null stands for it), which JSON may spell out and the database refuses. An empty body
 * is an empty object. Throws `bad_payload` that says where it goes wrong.
 */
export function readJson(raw: Buffer): unknown {
  return read(raw).payload;
}

/** As `readJson`, for senders of events: what is not JSON may be a form or plain words. */
export function readPayload(raw: Buffer): unknown {
  return readSent(raw).payload;
}

/** What was sent, and where the database takes it as it came, its text: it need not be written anew then. */
export interface Sent {
  readonly payload: unknown;
  readonly text?: string;
}

/** As `readPayload`, with the text of an object or a list without escapes and without numbers that only text can hold. */
export function readSent(raw: Buffer): Sent {
  const bytes = raw.subarray(0, 3).equals(BYTE_ORDER_MARK) ? raw.subarray(3) : raw;
  const begin = bytes.find((byte) => byte > 0x20);
  if (begin === OPEN_OBJECT || begin === OPEN_ARRAY || begin === QUOTE) return read(bytes);
  return { payload: wash(parseBody(bytes.toString('utf8'))) };
}

function read(raw: Buffer): Sent {
  if (raw.length === 0) return { payload: {} };
  const { escapes, figures } = lookThrough(raw);
  const text = raw.toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    // Only an escape, or a figure beyond all numbers, can spell what must not be stored; most bodies have none.
    if (escapes || figures) return { payload: wash(value) };
    const asIs = raw.length <= TEXT_MAX && typeof value === 'object' && value !== null;
    return asIs ? { payload: value, text } : { payload: value };
  } catch (error) {
    throw error instanceof SyntaxError ? notJson(text) : error;
  }
}

const TEXT_MAX = 100_000;

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * One walk over the bytes. Throws where they are nested too deep. Answers whether characters are spelled out by
 * number, and whether there are figures with an exponent or so long that a number of ours cannot hold them.
 */
function lookThrough(raw: Buffer): { readonly escapes: boolean; readonly figures: boolean } {
  const { length } = raw;
  let depth = 0;
  let digits = 0;
  let escapes = false;
  let figures = false;
  for (let at = 0; at < length; at += 1) {
    const byte = raw[at] ?? 0;
    if (byte >= ZERO && byte <= NINE) {
      digits += 1;
      figures ||= digits >= DIGITS_MAX;
      continue;
    }
    figures ||= digits > 0 && (byte === LOWER_E || byte === UPPER_E);
    digits = 0;
    if (byte === QUOTE) {
      // To its end; most of a body is in strings.
      for (at += 1; at < length && raw[at] !== QUOTE; at += 1) {
        if (raw[at] === BACKSLASH) escapes = raw[(at += 1)] === LOWER_U || escapes;
      }
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
    else if ((byte === OPEN_OBJECT || byte === OPEN_ARRAY) && (depth += 1) > DEPTH_MAX) throw tooDeep();
  }
  return { escapes, figures };
}

/** A number of JavaScript has up to 309 before its point. */
const DIGITS_MAX = 300;

const QUOTE = 0x22;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_E = 0x45;
const BACKSLASH = 0x5c;
const LOWER_E = 0x65;
const LOWER_U = 0x75;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function wash(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return washText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) throw tooDeep();
  if (Array.isArray(value)) return value.map((it) => wash(it, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [washText(key), wash(it, depth + 1)]));
}

/** No NUL and no half characters. */
export function washText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

function tooDeep(): UserError {
  return new UserError('bad_payload', `The body is nested deeper than ${DEPTH_MAX} levels.`);
}

function notJson(text: string): UserError {
  const at = firstFault(text);
  const before = text.slice(0, at).split('\n');
  const line = before.length;
  const column = (before.at(-1) ?? '').length + 1;
  const found = at >= text.length ? 'it ends too early' : `${JSON.stringify(text[at])} is not expected there`;
  return new UserError('bad_payload', `The body is not JSON: line ${line}, column ${column}: ${found}.`, {
    position: at,
    line,
    column,
  });
}

/** The place of the first character that cannot be there (RFC 8259); the length of the text when more is missing. */
function firstFault(text: string): number {
  let at = 0;

  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) return false;
    at += found[0].length;
    return true;
  };
  const space = () => match(/[ \t\r\n]*/y);

  /** True when a whole string was read; otherwise `at` is where it breaks. */
  const string = (): boolean => {
    if (!match(/"/y)) return false;
    match(/(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/uy);
    return match(/"/y);
  };

  const many = (close: RegExp, member: () => boolean): boolean => {
    space();
    if (match(close)) return true;
    for (;;) {
      space();
      if (!member()) return false;
      space();
      if (match(close)) return true;
      if (!match(/,/y)) return false;
    }
  };

  const pair = (): boolean => {
    if (!string()) return false;
    space();
    return match(/:/y) && value();
  };

  const value = (): boolean => {
    space();
    if (match(/\{/y)) return many(/\}/y, pair);
    if (match(/\[/y)) return many(/\]/y, value);
    if (text[at] === '"') return string();
    return match(/true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  };

  if (value()) space();
  return at;
}
