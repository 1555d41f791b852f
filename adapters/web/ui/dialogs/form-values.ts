import type { Form } from '#adapters/web/protocol.ts';

/** What the fields hold at first. */
export function valuesOf(form: Form): Record<string, string> {
  return Object.fromEntries(form.fields.map(({ name, value }) => [name, value]));
}

/** The required fields that are empty, each with a sentence. Everything else only the server can judge. */
export function missing(form: Form, values: Readonly<Record<string, string>>): Record<string, string> {
  const empty = form.fields.filter(({ name, required }) => required && (values[name] ?? '').trim() === '');
  return Object.fromEntries(empty.map(({ name, kind }) => [name, PLEA[kind]]));
}

const PLEA = {
  line: 'Please fill this in.',
  paragraph: 'Please fill this in.',
  choice: 'Please choose one.',
  person: 'Please choose somebody.',
  when: 'Please say when.',
  duration: 'Please say how long.',
} as const satisfies Record<Form['fields'][number]['kind'], string>;

/** What the server said is wrong, by field; empty where nothing is. */
export function errorsOf(form: Form): Record<string, string> {
  return Object.fromEntries(form.fields.map(({ name, error }) => [name, error]));
}

/** What was left empty is left out. */
export function filled(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''));
}
