import { isSecret } from './redact-checks.ts';
import { MASKED, PEOPLE, type Mask } from './redact-people.ts';
import { SECRETS, secretCheckOf, type Detector, type Kind } from './redact-secrets.ts';
import type { Data } from './task.ts';

/** Of a text: words that stay, and what is taken out of it. */
type Piece = string | Found;
interface Found {
  readonly kind: Kind;
  readonly value: string | number;
}

/**
 * Takes secrets and personal data out of what is told to a model, and puts them back into what
 * it answers. One for a call, or for all turns of a talk: the same value has the same placeholder
 * in all of it, `<EMAIL_1>`, and no other has. What a stranger wrote in the form of a placeholder is
 * taken out like a secret, so that it never stands for anything but itself; one that a model
 * makes up stays as it is written.
 */
export class Redaction {
  readonly #detectors: readonly Detector[];
  readonly #placeholders = new Map<string, string>();
  readonly #values = new Map<string, string | number>();
  /** Placeholders of secrets. */
  readonly #secrets = new Set<string>();
  readonly #counts = new Map<Kind, number>();
  /** Secrets that were found where something gave them away; they are taken out everywhere. */
  readonly #known = new Map<string, Kind>();

  /** `masks`: what else must not leave (settings). */
  constructor(masks: readonly Mask[] = []) {
    this.#detectors = [...SECRETS, ...PEOPLE, ...masks.flatMap((it) => MASKED[it])];
  }

  /** How many different values were taken out, by kind in small letters: `email`, `github_token`. */
  get removed(): Readonly<Record<string, number>> {
    const counts = [...this.#counts].filter(([kind]) => kind !== 'LITERAL');
    return Object.fromEntries(counts.map(([kind, count]) => [kind.toLowerCase(), count]));
  }

  /** A copy with placeholders. Takes time in proportion to its length. */
  redact(data: Data): Data {
    const before = this.#known.size;
    const redacted = this.#value(data, null);
    // What was given away late stands perhaps in an earlier text, where nothing gave it away.
    return this.#known.size === before ? redacted : this.#value(data, null);
  }

  /** A copy of any JSON with the values in place of their placeholders, in names and in texts. */
  restore<T>(value: T): T {
    return this.#filled(value, (placeholder) => this.#values.get(placeholder)) as T;
  }

  /**
   * The same for what people are to read: personal data are put back, but nobody has to be told a
   * key or a password again, whom the answer may reach beyond those who saw it where it stood.
   * In their place stands what it was: `[github token]`.
   */
  reveal<T>(value: T): T {
    const words = (placeholder: string) =>
      this.#secrets.has(placeholder) ? nameOf(placeholder) : this.#values.get(placeholder);
    return this.#filled(value, words) as T;
  }

  #filled(value: unknown, valueOf: ValueOf): unknown {
    if (typeof value === 'string') return filled(value, valueOf);
    if (Array.isArray(value)) return value.map((it) => this.#filled(it, valueOf));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, it]) => [String(filled(name, valueOf)), this.#filled(it, valueOf)]),
    );
  }

  #value(value: Data, name: string | null): Data {
    if (typeof value === 'string') return this.#text(value, name);
    if (typeof value === 'number') return this.#number(value, name);
    if (value === null || typeof value === 'boolean') return value;
    if (isList(value)) return value.map((it) => this.#value(it, name));
    return Object.fromEntries(
      Object.entries(value).map(([key, it]) => [this.#text(key, null), this.#value(it, key)]),
    );
  }

  /** `name`: under which it stands; it may say that all of it is a secret, by what is left of it too. */
  #text(text: string, name: string | null): string {
    const given = split([text], literals);
    const found = this.#found(given);
    if ([given, found].some((it) => isNamedSecret(name, it))) {
      return this.#placeholder({ kind: 'SECRET', value: text });
    }
    return found.map((it) => (isWords(it) ? it : this.#placeholder(it))).join('');
  }

  #number(value: number, name: string | null): Data {
    const text = String(value);
    if (isNamedSecret(name, [text])) return this.#placeholder({ kind: 'SECRET', value });
    const [found] = text.length < CARD_LENGTH ? [text] : this.#found([text]);
    return found === undefined || isWords(found) ? value : this.#placeholder({ ...found, value });
  }

  #found(pieces: readonly Piece[]): readonly Piece[] {
    let now = split(pieces, (words) => known(words, this.#known));
    // Where something was taken out, what is left may look like something else; so until nothing is found.
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const before = now.length;
      // Most of them find nothing in all of it, which is told sooner than of each piece.
      const all = now.filter(isWords).join('\n');
      for (const detector of this.#detectors) {
        detector.pattern.lastIndex = 0;
        if (detector.pattern.test(all)) now = split(now, (words) => findAll(words, detector));
      }
      if (now.length === before) break;
    }
    return now;
  }

  #placeholder({ kind, value }: Found): string {
    const key = `${kind} ${typeof value} ${value}`;
    const given = this.#placeholders.get(key);
    if (given !== undefined) return given;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    const placeholder = `<${kind}_${count}>`;
    this.#counts.set(kind, count);
    this.#placeholders.set(key, placeholder);
    this.#values.set(placeholder, value);
    if (!PERSONAL.has(kind)) this.#remember(kind, value, placeholder);
    return placeholder;
  }

  #remember(kind: Kind, value: string | number, placeholder: string): void {
    this.#secrets.add(placeholder);
    if (typeof value !== 'string') return;
    // A word that is a password somewhere stays a word everywhere else.
    if (isSecret(value) && this.#known.size < MAX_KNOWN) this.#known.set(value, kind);
  }
}

const PLACEHOLDER = /<[A-Z_]{2,16}_\d{1,9}>/g;
/** Digits of the shortest number that may be a card. */
const CARD_LENGTH = 14;
const MAX_ROUNDS = 4;
/** Each costs a look at every text. */
const MAX_KNOWN = 50;

const PERSONAL: ReadonlySet<Kind> = new Set([
  'EMAIL',
  'PHONE',
  'CARD',
  'IBAN',
  'NATIONAL_ID',
  'IP',
  'HOST',
  'USER',
  'LITERAL',
]);

/** By its words alone: the capitals and digits of placeholders would make a secret of what is none. */
function isNamedSecret(name: string | null, pieces: readonly Piece[]): boolean {
  const isSecretOf = name === null ? null : secretCheckOf(name);
  if (!isSecretOf) return false;
  const words = pieces.filter(isWords);
  // Also with something between them: words that come together may say that nothing is there, like `${`.
  return isSecretOf(words.join('')) || isSecretOf(words.join(' '));
}

type ValueOf = (placeholder: string) => string | number | undefined;

/** What a number stood for becomes one again, where nothing stands beside it. */
function filled(text: string, valueOf: ValueOf): string | number {
  return valueOf(text) ?? text.replaceAll(PLACEHOLDER, (it) => String(valueOf(it) ?? it));
}

/** `[github token]` of `<GITHUB_TOKEN_2>`. */
function nameOf(placeholder: string): string {
  return `[${placeholder
    .replaceAll(/^<|_\d+>$/g, '')
    .replaceAll('_', ' ')
    .toLowerCase()}]`;
}

function isWords(piece: Piece): piece is string {
  return typeof piece === 'string';
}

function isList(value: Data): value is readonly Data[] {
  return Array.isArray(value);
}

/** What is found in the words that are left; what was found before stays. */
function split(pieces: readonly Piece[], find: (words: string) => readonly Piece[]): readonly Piece[] {
  return pieces.flatMap((it) => (isWords(it) ? find(it) : [it]));
}

function literals(words: string): readonly Piece[] {
  return findAll(words, { kind: 'LITERAL', pattern: PLACEHOLDER });
}

function known(words: string, values: ReadonlyMap<string, Kind>): readonly Piece[] {
  let pieces: readonly Piece[] = [words];
  for (const [value, kind] of values) {
    if (words.includes(value)) pieces = split(pieces, (it) => around(it, { kind, value }));
  }
  return pieces;
}

function around(words: string, found: { readonly kind: Kind; readonly value: string }): readonly Piece[] {
  return words
    .split(found.value)
    .flatMap((it, index): Piece[] => (index === 0 ? [it] : [found, it]))
    .filter((it) => it !== '');
}

function findAll(words: string, detector: Detector): readonly Piece[] {
  const { kind, pattern } = detector;
  if (words.length < SHORTEST) return [words];
  const pieces: Piece[] = [];
  let done = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(words); match !== null; match = pattern.exec(words)) {
    const whole = match.groups?.['value'] ?? match[0];
    // It stands at the end of what gives it away, with an @ or a quote behind it at most.
    const start = match.index + match[0].lastIndexOf(whole);
    const value = checked(whole, detector);
    if (value === null) {
      pattern.lastIndex = next(match, start);
      continue;
    }
    if (start > done) pieces.push(words.slice(done, start));
    pieces.push({ kind, value });
    done = start + value.length;
    pattern.lastIndex = done;
  }
  if (done === 0) return [words];
  if (done < words.length) pieces.push(words.slice(done));
  return pieces;
}

/** All of it, or as much of its beginning as is one; null where it is none. */
function checked(value: string, detector: Detector): string | null {
  if (detector.check?.(value) !== false) return value;
  const shorter = detector.isInGroups ? value.replace(/[ .()-]{1,3}[^ .()-]*$/, '') : value;
  return shorter === value || shorter.length < MIN_DIGITS ? null : checked(shorter, detector);
}

/** Of a number that somebody can be called by, or pays with. */
const MIN_DIGITS = 8;

/** Where the search goes on after something that was none: what follows its first character may be one. */
function next(match: RegExpExecArray, start: number): number {
  if (start > match.index) return start;
  return match[0].length <= SHORT ? match.index + 1 : match.index + match[0].length;
}

/** Nothing that is looked for has fewer characters: `a@b.io`. */
const SHORTEST = 6;
/** Longer ones are not looked into again, for the sake of time. */
const SHORT = 64;
