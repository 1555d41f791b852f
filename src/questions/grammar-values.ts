import type { Piece, Sense } from './senses.ts';
import type { Dimension, Field, Filter, Subject } from './spec.ts';

/** Why a question is not answered, as a sentence. */
export class Unclear extends Error {
  override readonly name = 'Unclear';
}

type FilterPiece = { readonly sense: Extract<Sense, { is: 'filter' }>; readonly text: string };

/** What rows are named by, by the subject. */
const NAMED: Readonly<Record<Subject, readonly Field[]>> = {
  incidents: ['service', 'team', 'assignee', 'source', 'rule'],
  alerts: ['service', 'source', 'rule'],
  pages: ['assignee'],
  changes: ['service', 'author', 'source'],
  'on-call': ['schedule'],
};

/**
 * Names become filters, and filters that belong together one: `P1 or P2`, `not production`, `P1 or worse`,
 * `the team payments`. Throws Unclear.
 */
export function gatherFilters(pieces: readonly Piece[], subject: Subject): Piece[] {
  const resolved = resolveNames(pieces, subject);
  return negate(join(orWorse(resolved)));
}

function resolveNames(pieces: readonly Piece[], subject: Subject): Piece[] {
  const out: Piece[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (!piece) continue;
    const { sense } = piece;
    const before = out.at(-1);
    const after = pieces[at + 1];
    if (sense.is === 'filter' && isDimension(after, sense.filter.field)) {
      out.push(piece);
      at += 1;
    } else if (sense.is === 'named') {
      const led = before?.sense.is === 'leads-to' ? before.sense.fields : null;
      const saidBefore = isFree(out, sense.filters) ? dimensionOf(before) : null;
      const saidAfter = dimensionOf(after);
      const chosen = choose(piece, { subject, led, said: saidBefore ?? saidAfter });
      if (led || (saidBefore !== null && chosen.sense.is === 'filter')) out.pop();
      if (saidBefore === null && saidAfter !== null && chosenBy(chosen, saidAfter)) at += 1;
      out.push(chosen);
    } else {
      out.push(piece);
    }
  }
  const open = out.find(({ sense }) => sense.is === 'leads-to');
  if (open) throw new Unclear(`I do not know what follows \`${open.text}\`.`);
  return out;
}

/** A dimension before a name says what the name is of, unless rows are told apart by it: `by team payments`. */
function isFree(out: readonly Piece[], filters: readonly Filter[]): boolean {
  const dimension = dimensionOf(out.at(-1));
  const lead = out.at(-2)?.sense.is;
  if (dimension === null || lead === 'each' || lead === 'which') return false;
  return filters.some(({ field }) => isOf(dimension, field));
}

interface Around {
  readonly subject: Subject;
  readonly led: readonly Field[] | null;
  readonly said: Dimension | null;
}

function choose(piece: Piece, { subject, led, said }: Around): Piece {
  const { sense, text } = piece;
  if (sense.is !== 'named') return piece;
  const bySaid = sense.filters.filter(({ field }) => said !== null && isOf(said, field));
  const byLead = sense.filters.filter(({ field }) => led === null || led.includes(field));
  if (byLead.length === 0) throw new Unclear(`\`${text}\` is nothing that it could be of.`);
  const isQualified = bySaid.length > 0 || led !== null;
  if (sense.or !== null && !isQualified) {
    if (sense.filters.every(({ field }) => field === 'assignee')) return { sense: sense.or, text };
    throw new Unclear(
      `\`${text}\` is a word of mine and a name of yours; say which, like \`service ${text}\`.`,
    );
  }
  const qualified = bySaid.length > 0 ? bySaid : byLead;
  const fitting = qualified.filter(({ field }) => NAMED[subject].includes(field));
  const [one, other] = fitting;
  if (!one) {
    const what = sense.filters[0]?.field ?? 'name';
    throw new Unclear(`\`${text}\` is a ${what}, and ${subject} cannot be chosen by that.`);
  }
  if (other && one.field !== other.field) {
    const both = `a ${sayField(one.field)} and a ${sayField(other.field)}`;
    throw new Unclear(`\`${text}\` is ${both}; say which, like \`the ${sayField(one.field)} ${text}\`.`);
  }
  if (other) throw new Unclear(`\`${text}\` is the name of several; write a whole one.`);
  const field = subject === 'pages' ? 'person' : one.field;
  return { sense: { is: 'filter', filter: { ...one, field } }, text };
}

function sayField(field: Field): string {
  return field === 'assignee' ? 'person' : field;
}

function chosenBy({ sense }: Piece, said: Dimension): boolean {
  return sense.is === 'filter' && isOf(said, sense.filter.field);
}

function dimensionOf(piece: Piece | undefined): Dimension | null {
  return piece?.sense.is === 'dimension' && piece.sense.each === undefined ? piece.sense.dimension : null;
}

function isDimension(piece: Piece | undefined, field: Field): boolean {
  const dimension = dimensionOf(piece);
  return dimension !== null && isOf(dimension, field);
}

function isOf(dimension: Dimension, field: Field): boolean {
  const people: readonly string[] = ['person', 'assignee'];
  return dimension === field || (people.includes(dimension) && people.includes(field));
}

/** `at least P1`, `P1 or worse`. */
function orWorse(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if (piece.sense.is === 'or-worse' && last && isSeverity(last)) {
      out.splice(-1, 1, atLeast(last));
    } else if (last?.sense.is === 'at-least' && isSeverity(piece)) {
      out.splice(-1, 1, atLeast(piece));
    } else {
      out.push(piece);
    }
  }
  return out;
}

function isSeverity(piece: Piece): piece is FilterPiece {
  return piece.sense.is === 'filter' && piece.sense.filter.field === 'severity';
}

function atLeast({ sense, text }: FilterPiece): Piece {
  return { sense: { is: 'filter', filter: { ...sense.filter, op: 'at_least' } }, text };
}

/** Values of one field with `and`, `or` or a comma between them are any of them. */
function join(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (!piece) continue;
    const joint = lengthOfJoint(pieces, at);
    const last = out.at(-1);
    const next = pieces[at + joint];
    const joined = joint > 0 && last && next ? joinTwo(last, next) : null;
    if (joined) {
      out.splice(-1, 1, joined);
      at += joint;
    } else {
      out.push(piece);
    }
  }
  return out;
}

function lengthOfJoint(pieces: readonly Piece[], at: number): number {
  const is = (index: number) => pieces[index]?.sense.is;
  if (is(at) === 'comma') return is(at + 1) === 'and' || is(at + 1) === 'or' ? 2 : 1;
  return is(at) === 'and' || is(at) === 'or' ? 1 : 0;
}

function joinTwo(one: Piece, other: Piece): Piece | null {
  if (one.sense.is !== 'filter' || other.sense.is !== 'filter') return null;
  const [a, b] = [one.sense.filter, other.sense.filter];
  if (a.field !== b.field || a.op !== 'is' || b.op !== 'is') return null;
  const filter = { ...a, values: [...new Set([...a.values, ...b.values])] };
  return { sense: { is: 'filter', filter }, text: `${one.text} or ${other.text}` };
}

/** `not production`. What else is denied is not understood. */
function negate(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  for (let at = 0; at < pieces.length; at += 1) {
    const piece = pieces[at];
    if (piece?.sense.is !== 'not') {
      if (piece) out.push(piece);
      continue;
    }
    const next = pieces[at + 1];
    const filter = next?.sense.is === 'filter' ? next.sense.filter : null;
    const canBe = filter && filter.op === 'is' && filter.field !== 'late' && filter.field !== 'acknowledged';
    if (!canBe) throw new Unclear(`I do not know what \`${piece.text}\` is to leave out.`);
    out.push({ sense: { is: 'filter', filter: { ...filter, op: 'is_not' } }, text: next?.text ?? '' });
    at += 1;
  }
  return out;
}
