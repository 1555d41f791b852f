import { isSame, own, type Fields, type Plain } from './state.ts';

/** One thing that is other than before; null: it is not there. */
export interface Difference {
  /** Where, in words, from the outside in: `layer Primary`, `people`. */
  readonly at: readonly string[];
  readonly before: Plain | null;
  readonly after: Plain | null;
}

/**
 * What is other, field by field. Lists of things that have an id or a name are
 * compared thing by thing, whatever their places; other lists as a whole.
 */
export function differences(before: Fields, after: Fields, at: readonly string[] = []): Difference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [one, other] = [own(before, name) ?? null, own(after, name) ?? null];
    if (isSame(one, other)) return [];
    if (isFields(one) && isFields(other)) return differences(one, other, [...at, saidField(name)]);
    if (isThings(one) && isThings(other)) return inLists(one, other, name, at);
    return [{ at: [...at, saidField(name)], before: one, after: other }];
  });
}

function inLists(
  before: readonly Fields[],
  after: readonly Fields[],
  name: string,
  at: readonly string[],
): Difference[] {
  const [old, fresh] = [keyed(before), keyed(after)];
  const one = SINGULAR[name] ?? saidField(name);
  const inEach = [...new Set([...old.keys(), ...fresh.keys()])].flatMap((key): Difference[] => {
    const [was, is] = [old.get(key), fresh.get(key)];
    const where = [...at, `${one} ${key}`];
    if (was && is) return differences(was, is, where);
    return [{ at: where, before: was ?? null, after: is ?? null }];
  });
  if (inEach.length > 0) return inEach;
  return [{ at: [...at, `order of ${saidField(name)}`], before: [...old.keys()], after: [...fresh.keys()] }];
}

/** Levels are told apart by their number: their order is what they are. */
function keyed(things: readonly Fields[]): Map<string, Fields> {
  const keys = things.map(({ id }, index) => (typeof id === 'string' ? id : String(index + 1)));
  return new Map(things.map((it, index) => [keys[index] ?? '', it]));
}

const SINGULAR: Readonly<Record<string, string>> = {
  layers: 'layer',
  levels: 'level',
  temporaries: 'temporary schedule',
};

function saidField(name: string): string {
  return name.replaceAll('_', ' ');
}

function isFields(it: Plain): it is Fields {
  return typeof it === 'object' && it !== null && !Array.isArray(it);
}

function isThings(it: Plain): it is readonly Fields[] {
  return Array.isArray(it) && it.length > 0 && it.every(isFields) && it.every((one) => 'name' in one);
}

/** A value in a sentence. Of web addresses and telephone numbers only as much as tells them apart: the rest may be a secret. */
export function saidValue(value: Plain | null): string {
  if (value === null || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return masked(value);
  if (isFields(value)) {
    const { to, enabled, fallback } = value;
    // Hours go from one time to the other; a target or a contact has no beginning.
    if (to === undefined || 'from' in value) return saidFields(value) || 'none';
    return `${saidValue(to)}${enabled === false ? ' (off)' : ''}${fallback ? `, else ${saidValue(fallback)}` : ''}`;
  }
  return value.length === 0
    ? 'none'
    : value.map((it) => (Array.isArray(it) ? it.join(' + ') : saidValue(it))).join(', ');
}

function saidFields(all: Fields): string {
  const said = Object.entries(all).filter(([, it]) => it !== null);
  return said.map(([name, it]) => `${saidField(name)} ${saidValue(it)}`).join(', ');
}

function masked(text: string): string {
  return text
    .replaceAll(/(https?:\/\/)(?:[^@/\s]*@)?([^/\s?#,]+)[^\s,]*/g, '$1$2/…')
    .replaceAll(/\b(sms|voice):\+?\d+(\d{3})\b/g, '$1:…$2')
    .replaceAll(/\b(ntfy|push|pagerduty|opsgenie):(?!https?:)\S+?(\S{0,3})(?=\s|,|$)/g, '$1:…$2');
}
