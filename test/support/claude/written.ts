import { isObject, plain, type Json, type JsonObject } from './refusal.ts';

/** A field of a form, as who fills it in sees it. */
export interface Field {
  readonly name: string;
  readonly description: string;
  /** The most characters of a text. */
  readonly most: number;
}

/** Whoever fills a form in. */
export interface Author {
  /** One or more of the values; as many as fit a list, the best first. */
  choices(values: readonly Json[], field: Field): readonly Json[];
  text(field: Field): string;
  /** For a list. */
  texts(field: Field): readonly string[];
  /** What can be cited, for numbers that are ids. */
  readonly ids: readonly string[];
  /** Whether a field that may be null is left so. */
  leavesOut(field: Field): boolean;
  /** Whether lists hold as little as they may. */
  readonly isShort: boolean;
}

const MOST_TEXT = 160;
const MOST_ITEMS = 3;

/** An answer in the form of a schema, with all its fields, optional ones too. */
export function written(schema: JsonObject, author: Author): Json {
  return write(schema, '', { schema, author, depth: 0 });
}

/** Whether a field is for what was sent, by its name or by what is said of it. */
export function cites({ name, description }: Field): boolean {
  return /evidence|(^|_)(ids?|refs?|of)$|(Ids?|Refs?)$|cite/.test(name) || /\bids?\b/i.test(description);
}

interface Context {
  readonly schema: JsonObject;
  readonly author: Author;
  readonly depth: number;
}

function write(given: JsonObject, at: string, context: Context): Json {
  const { author } = context;
  if (context.depth > 40) return null;
  const node = deref(given, context.schema);
  const deeper = { ...context, depth: context.depth + 1 };
  const field = fieldOf(node, at);
  if (node['const'] !== undefined) return node['const'];
  if (Array.isArray(node['enum'])) return author.choices(node['enum'] as readonly Json[], field)[0] ?? null;
  for (const key of ['anyOf', 'oneOf'] as const) {
    if (!Array.isArray(node[key])) continue;
    const variants = (node[key] as readonly Json[]).filter((it) => isObject(it));
    const others = variants.filter((it) => it['type'] !== 'null');
    if (others.length < variants.length && author.leavesOut(field)) return null;
    const [first = {}] = others;
    // What is said of the field stands beside the variants, and its bounds within.
    const description = `${field.description} ${described(first)}`.trim();
    return write({ ...first, ...(description === '' ? {} : { description }) }, at, deeper);
  }
  if (Array.isArray(node['allOf'])) {
    const all = (node['allOf'] as readonly Json[]).filter((it) => isObject(it));
    return write(Object.assign({}, ...all) as JsonObject, at, deeper);
  }
  const type = typeOf(node);
  if (type === 'object') {
    const properties = isObject(node['properties']) ? node['properties'] : {};
    return Object.fromEntries(
      Object.entries(properties).map(([name, it]) => [name, isObject(it) ? write(it, name, deeper) : null]),
    );
  }
  if (type === 'array') return list(node, at, deeper);
  if (type === 'number') return number(node, false);
  if (type === 'integer') return (cites(field) ? numbers(author.ids)[0] : undefined) ?? number(node, true);
  if (type === 'boolean') return false;
  return type === 'null' ? null : string(node, at, author);
}

function list(node: JsonObject, at: string, context: Context): Json {
  const { author } = context;
  const items = isObject(node['items']) ? deref(node['items'], context.schema) : { type: 'string' };
  const least = numberIn(node, 'minItems') ?? 0;
  const most = Math.min(numberIn(node, 'maxItems') ?? MOST_ITEMS, Math.max(least, MOST_ITEMS));
  const field = { ...fieldOf(items, at), description: fieldOf(node, at).description };
  if (author.isShort && least === 0) return [];
  const all = [...itemsFor(items, field, author)].slice(0, most);
  while (all.length < Math.min(most, Math.max(1, least))) all.push(write(items, at, context));
  return all;
}

function itemsFor(items: JsonObject, field: Field, author: Author): readonly Json[] {
  if (Array.isArray(items['enum'])) return author.choices(items['enum'] as readonly Json[], field);
  const type = typeOf(items);
  if (type === 'integer' && cites(field)) {
    return numbers(author.ids);
  }
  const isText = type === 'string' && items['format'] === undefined && items['const'] === undefined;
  return isText && items['anyOf'] === undefined ? author.texts(field) : [];
}

function numbers(ids: readonly string[]): number[] {
  return ids.filter((it) => /^\d{1,15}$/.test(it)).map(Number);
}

function string(node: JsonObject, at: string, author: Author): string {
  const format = plain(node['format'] ?? '') || (/\{[^}]*format: ([\w-]+)/.exec(described(node))?.[1] ?? '');
  const fixed: Readonly<Record<string, string>> = {
    'date-time': '2026-01-05T10:00:00Z',
    date: '2026-01-05',
    time: '10:00:00Z',
    duration: 'PT5M',
    email: 'simulated@example.com',
    uri: 'https://example.com/simulated',
    uuid: '00000000-0000-4000-8000-000000000000',
    ipv4: '192.0.2.1',
  };
  const said = fixed[format] ?? author.text(fieldOf(node, at));
  const least = numberIn(node, 'minLength') ?? 0;
  return said.length < least ? said.padEnd(least, '.') : said;
}

function number(node: JsonObject, isInteger: boolean): number {
  const least = numberIn(node, 'minimum') ?? numberIn(node, 'exclusiveMinimum') ?? 0;
  const most = numberIn(node, 'maximum') ?? numberIn(node, 'exclusiveMaximum') ?? Math.max(least, 1);
  const middle = Math.min(most, least + (most - least) * 0.7);
  return isInteger ? Math.floor(middle) : Number(middle.toFixed(3));
}

function fieldOf(node: JsonObject, name: string): Field {
  const most = numberIn(node, 'maxLength') ?? MOST_TEXT;
  return { name, description: described(node), most };
}

function described(node: JsonObject): string {
  return typeof node['description'] === 'string' ? node['description'] : '';
}

/** A bound stands in the schema, or, where the API takes none there, in the description. */
function numberIn(node: JsonObject, name: string): number | undefined {
  const own = node[name];
  if (typeof own === 'number') return own;
  const found = new RegExp(`\\b${name}"?:? (-?\\d+(?:\\.\\d+)?)`).exec(described(node))?.[1];
  return found === undefined ? undefined : Number(found);
}

function typeOf(node: JsonObject): string {
  const { type } = node;
  if (Array.isArray(type)) return plain((type as readonly Json[]).find((it) => it !== 'null') ?? 'null');
  if (typeof type === 'string') return type;
  return node['properties'] === undefined ? 'string' : 'object';
}

function deref(node: JsonObject, schema: JsonObject): JsonObject {
  if (typeof node['$ref'] !== 'string') return node;
  let found: Json | undefined = schema;
  for (const step of node['$ref'].split('/').slice(1)) found = isObject(found) ? found[step] : undefined;
  return isObject(found) ? found : {};
}
