/** A length as people say it: `45 s`, `5 min`, `1 h 30 min`, `2 d`. Milliseconds are rounded to seconds. */
export function lasting(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const said = parts.filter(([many]) => many > 0).map(([many, unit]) => `${many} ${unit}`);
  return said.length > 0 ? said.slice(0, 2).join(' ') : '0 s';
}

/** An instant in a sentence, always in UTC and saying so: who reads it may be anywhere. */
export function clock(at: Date | number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[], last = 'and'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** What people call a person, a team, a schedule; what has no name by its id. */
export type NameOf = (of: { readonly kind: string; readonly id: string }) => string;

export const byId: NameOf = ({ id }) => id;

/** Names of people in a sentence. */
export function named(ids: readonly string[], nameOf: NameOf = byId): string {
  return listed(ids.map((id) => nameOf({ kind: 'person', id })));
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A clause that was given as a sentence: no full stop, no space around. */
export function clause(text: string): string {
  return text.trim().replace(/\.$/, '');
}

export function count(many: number, one: string, more = `${one}s`): string {
  return `${many} ${many === 1 ? one : more}`;
}
