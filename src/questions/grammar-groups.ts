import { Unclear } from './grammar-values.ts';
import type { Piece } from './senses.ts';
import type { Dimension, Subject } from './spec.ts';

/**
 * What rows are told apart by, and the pieces that are left. A dimension must be asked for: `per service`,
 * `which service`, `the services with the most`. Throws Unclear for one that stands there without a reason,
 * as in `how many services`, and for a joint or a leading word that leads to nothing.
 */
export function groupsIn(
  pieces: readonly Piece[],
  subject: Subject,
): { readonly groups: readonly Dimension[]; readonly rest: readonly Piece[] } {
  const groups: Dimension[] = [];
  const rest: Piece[] = [];
  for (const [index, piece] of pieces.entries()) {
    const { sense } = piece;
    if (sense.is === 'each') {
      if (dimensionAt(pieces, index + 1) === null) {
        throw new Unclear(`I do not know by what: \`${piece.text}\`.`);
      }
      continue;
    }
    if (sense.is === 'dimension') {
      if (!isAskedFor(pieces, index, groups.length > 0)) {
        throw new Unclear(`I do not know what to do with \`${piece.text}\`.`);
      }
      groups.push(ofSubject(sense.dimension, subject));
      continue;
    }
    if (sense.is === 'and' && !leads(pieces, index, groups.length > 0)) {
      throw new Unclear('I do not know what the `and` puts together; ask for one thing at a time.');
    }
    if (sense.is === 'doer') throw new Unclear(`I do not count by \`${piece.text}\` it.`);
    if (sense.is === 'or' || sense.is === 'or-worse' || sense.is === 'at-least') {
      throw new Unclear(`I do not know what \`${piece.text}\` stands between.`);
    }
    if (sense.is !== 'and' && sense.is !== 'comma') rest.push(piece);
  }
  if (groups.length > 2) throw new Unclear('It can be told apart by two things at the most.');
  return { groups, rest };
}

function isAskedFor(pieces: readonly Piece[], index: number, isSecond: boolean): boolean {
  const sense = pieces[index]?.sense;
  const before = pieces[index - 1]?.sense.is;
  const is = (wanted: string) => pieces.some((it) => it.sense.is === wanted);
  if (sense?.is === 'dimension' && sense.each) return true;
  if (before === 'how-many') return false;
  if (before === 'each' || before === 'which') return true;
  if (before === 'order' || before === 'noise' || before === 'rank') return true;
  if (isSecond && (before === 'and' || before === 'comma')) return true;
  // `the services with the most incidents`, `the 3 noisiest rules`.
  return is('order') || is('noise');
}

/** `and` may lead to another dimension, or to a state: `opened this week and still open`. */
function leads(pieces: readonly Piece[], index: number, isGrouped: boolean): boolean {
  const next = pieces[index + 1]?.sense;
  if (!next) return false;
  if (next.is === 'dimension' || next.is === 'each') return isGrouped;
  if (next.is === 'open') return true;
  return next.is === 'filter' && ['late', 'acknowledged', 'assignee'].includes(next.filter.field);
}

function dimensionAt(pieces: readonly Piece[], index: number): Dimension | null {
  const sense = pieces[index]?.sense;
  return sense?.is === 'dimension' ? sense.dimension : null;
}

function ofSubject(dimension: Dimension, subject: Subject): Dimension {
  if (subject === 'pages' && dimension === 'assignee') return 'person';
  if (subject === 'changes' && dimension === 'person') return 'author';
  return subject === 'incidents' && dimension === 'person' ? 'assignee' : dimension;
}
