import { idsOf, leavesOf, placeOf, type Asked, type Leaf } from './asked.ts';
import { plain, type Json } from './refusal.ts';
import type { Reply } from './reply.ts';
import { cites, written, type Author, type Field } from './written.ts';

const LABEL = 'Simulated:';
const UNSURE = ['unknown', 'none', 'other', 'new', 'inconclusive'];
const CALLS_AT_ONCE = 2;

/**
 * Answers anything by simple rules: uses each offered tool once, chooses what stands in the data, and
 * cites what was sent. All words of its own begin with `Simulated:`. It says nothing of how a model does.
 */
export function simulated(asked: Asked): Reply {
  const author = authorOf(asked);
  if (asked.format) return { json: written(asked.format, author) };
  const left = asked.tools.filter(({ name }) => !asked.called.includes(name));
  if (left.length > 0) {
    return {
      text: `${LABEL} looking at ${left.length} more.`,
      calls: left
        .slice(0, CALLS_AT_ONCE)
        .map(({ name, schema }) => ({ name, input: written(schema, author) })),
    };
  }
  return { text: author.text({ name: 'answer', description: '', most: 300 }) };
}

function authorOf(asked: Asked): Author {
  const leaves = leavesOf(asked);
  const ids = idsOf(leaves);
  const said = leaves.map(({ value }) => value).join('\n');
  const subject = subjectOf(leaves);
  const named = (name: string): string | undefined =>
    NAMES.has(name) ? leaves.find(({ key, value }) => key === name && isShort(value))?.value : undefined;
  const text = (field: Field): string => {
    const own = `${LABEL} ${field.name === '' ? 'answer' : field.name} of ${subject}`;
    return ((cites(field) ? ids[0] : named(field.name)) ?? own).slice(0, field.most);
  };
  return {
    choices: (values) => inOrder(values, said),
    text,
    texts: (field) => (cites(field) && ids.length > 0 ? ids.slice(0, 3) : [text(field)]),
    ids,
    leavesOut: ({ name }) => asked.isAgain || named(name) === undefined,
    // Told that something was wrong, it says less.
    isShort: asked.isAgain,
  };
}

/** What is repeated as it was sent, being no words. */
const NAMES = new Set(['service', 'team', 'environment', 'target', 'region', 'cluster']);

function isShort(value: string): boolean {
  return /^[\w:.-]{1,60}$/.test(value);
}

/** Those that stand in the data, the first of them first; then what says nothing; then the others. */
function inOrder(values: readonly Json[], said: string): Json[] {
  const found = values
    .map((value) => ({ value, at: placeOf(value, said) }))
    .filter(({ at }) => at !== -1)
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
  if (found.length > 0) return found;
  const unsure = values.filter((it) => UNSURE.includes(plain(it).toLowerCase()));
  return (unsure.length > 0 ? unsure : values).slice(0, 1);
}

function subjectOf(leaves: readonly Leaf[]): string {
  const named = leaves.find(({ key }) => /^(title|question|summary|name|text)$/.test(key)) ?? leaves[0];
  return named?.value.replaceAll(/\s+/g, ' ').slice(0, 60) ?? 'nothing';
}
