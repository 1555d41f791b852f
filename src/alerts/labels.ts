import { get, isFields, text, texts } from './fields.ts';

/**
 * A label set in any of the forms that senders use: an object, a list of
 * `name:value` texts or of pairs, a list of `{key, value}`, or one text of
 * `name:value` divided by commas. A plain word becomes a label of value `true`.
 */
export function labelsFrom(value: unknown): Record<string, string> {
  if (isFields(value)) return texts(value);
  const members = typeof value === 'string' ? value.split(/[,\n]/) : Array.isArray(value) ? value : [];
  return Object.fromEntries(members.slice(0, 200).flatMap(member));
}

function member(it: unknown): [string, string][] {
  if (typeof it === 'string') return word(it.trim());
  if (Array.isArray(it)) return pair(text(it[0]), text(it[1]));
  const name =
    text(get(it, 'key')) ?? text(get(it, 'name')) ?? text(get(it, 'label')) ?? text(get(it, 'title'));
  const held = get(it, 'value');
  return pair(name, text(held) ?? text(get(held, 'stringValue')) ?? text(get(held, 'value')));
}

function word(it: string): [string, string][] {
  const parts = /^([\w./@-]{1,100})\s*[:=]\s*(.+)$/.exec(it);
  if (parts) return pair(parts[1] ?? null, parts[2] ?? null);
  return it === '' || it.length > 100 ? [] : [[it, 'true']];
}

function pair(name: string | null, value: string | null): [string, string][] {
  return name === null || value === null ? [] : [[name.trim(), value.trim()]];
}

/**
 * The labels that Alertmanager and Grafana write out in the text of a
 * notification: a line `Labels:` and under it lines of `- name = value`. Empty
 * where the text has no such list; only the first list is read.
 */
export function labelsInText(body: string): Record<string, string> {
  const start = /(?:^|\n)[^\S\n]*\**labels:?\**:?[^\S\n]*\n/i.exec(body.slice(0, TEXT_MAX));
  if (!start) return {};
  const found: [string, string][] = [];
  for (const row of body.slice(start.index + start[0].length, TEXT_MAX).split('\n', 200)) {
    const parts = /^\s*[-*]?\s*([a-zA-Z_][\w.]*)\s*=\s*(.*?)\s*$/.exec(row);
    if (!parts) break;
    found.push([parts[1] ?? '', parts[2] ?? '']);
  }
  return Object.fromEntries(found);
}

const TEXT_MAX = 20_000;
