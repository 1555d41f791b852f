import { plain, arrayAt, invalid, isObject, type Json, type JsonObject } from './refusal.ts';

/** The keywords that structured output takes. `minimum`, `maxLength`, `pattern`, `oneOf` and the like are not among them. */
const KEYWORDS = [
  '$defs',
  '$ref',
  'additionalProperties',
  'allOf',
  'anyOf',
  'const',
  'default',
  'definitions',
  'description',
  'enum',
  'format',
  'items',
  'minItems',
  'properties',
  'required',
  'title',
  'type',
];
const TYPES = ['object', 'array', 'string', 'integer', 'number', 'boolean', 'null'];
const FORMATS = ['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'];

/** Of all strict schemas of a request together. */
const MOST_OPTIONAL = 24;
const MOST_UNIONS = 16;

export interface Counted {
  optional: number;
  unions: number;
}

/** Refuses a schema that structured output does not take; `counted` adds up over those of one request. */
export function checkSchema(at: string, schema: unknown, counted: Counted): void {
  if (!isObject(schema)) invalid(`${at}: Input should be a valid dictionary`);
  const definitions = { ...objectOf(schema['definitions']), ...objectOf(schema['$defs']) };
  for (const [name, definition] of Object.entries(definitions)) {
    if (reaches(definition ?? null, name, definitions, new Set())) {
      invalid(`${at}: Recursive schemas are not supported: ${name}`);
    }
  }
  checkNode(at, schema, definitions, counted);
  if (counted.optional > MOST_OPTIONAL) {
    invalid(`${at}: Schemas contain too many optional parameters (${counted.optional})`);
  }
  if (counted.unions > MOST_UNIONS) {
    invalid(`${at}: Schemas contain too many parameters with union types (${counted.unions})`);
  }
}

function checkNode(at: string, node: unknown, definitions: JsonObject, counted: Counted): void {
  if (!isObject(node)) invalid(`${at}: Input should be a valid dictionary`);
  for (const key of Object.keys(node)) {
    if (!KEYWORDS.includes(key)) invalid(`${at}: For this schema, property '${key}' is not supported`);
  }
  for (const key of ['$defs', 'definitions', 'properties'] as const) {
    for (const [name, inner] of Object.entries(objectOf(node[key]))) {
      checkNode(`${at}.${key}.${name}`, inner, definitions, counted);
    }
  }
  for (const key of ['anyOf', 'allOf'] as const) {
    if (node[key] === undefined) continue;
    const variants = arrayAt(`${at}.${key}`, node[key]);
    if (variants.length === 0) invalid(`${at}.${key}: List should have at least 1 item`);
    if (key === 'anyOf') counted.unions += 1;
    for (const [index, inner] of variants.entries()) {
      checkNode(`${at}.${key}.${index}`, inner, definitions, counted);
    }
  }
  if (node['items'] !== undefined) checkNode(`${at}.items`, node['items'], definitions, counted);
  checkRef(at, node, definitions);
  checkEnum(at, node);
  checkType(at, node, counted);
}

function checkType(at: string, node: JsonObject, counted: Counted): void {
  const { type } = node;
  const types = Array.isArray(type) ? (type as readonly Json[]) : type === undefined ? [] : [type];
  if (Array.isArray(type)) counted.unions += 1;
  for (const it of types) {
    if (!TYPES.includes(plain(it))) invalid(`${at}.type: '${plain(it)}' is not a valid type`);
  }
  const says = ['enum', 'const', 'anyOf', 'allOf', '$ref'].some((key) => node[key] !== undefined);
  if (types.length === 0 && !says) invalid(`${at}: Schema type is required`);
  if (types.includes('object') || node['properties'] !== undefined) checkObject(at, node, counted);
  if (types.includes('array')) {
    if (node['items'] === undefined) invalid(`${at}: For 'array' type, property 'items' is required`);
    if (![undefined, 0, 1].includes(node['minItems'] as undefined | number)) {
      invalid(`${at}: For 'array' type, 'minItems' values other than 0 or 1 are not supported`);
    }
  }
  if (node['format'] !== undefined && !FORMATS.includes(plain(node['format']))) {
    invalid(`${at}: For 'string' type, 'format' '${plain(node['format'])}' is not supported`);
  }
}

function checkObject(at: string, node: JsonObject, counted: Counted): void {
  if (node['additionalProperties'] !== false) {
    invalid(`${at}: For 'object' type, 'additionalProperties' must be explicitly set to false`);
  }
  const names = Object.keys(objectOf(node['properties']));
  const required = node['required'] === undefined ? [] : arrayAt(`${at}.required`, node['required']);
  for (const name of required) {
    if (!names.includes(plain(name))) invalid(`${at}.required: '${plain(name)}' is not a property`);
  }
  counted.optional += names.length - required.length;
}

function checkEnum(at: string, node: JsonObject): void {
  if (node['enum'] === undefined) return;
  const values = arrayAt(`${at}.enum`, node['enum']);
  if (values.length === 0) invalid(`${at}.enum: Enum must have at least one value`);
  if (values.some((it) => typeof it === 'object' && it !== null)) {
    invalid(`${at}.enum: Enums may hold strings, numbers, booleans and nulls only`);
  }
  if (new Set(values).size !== values.length) invalid(`${at}.enum: Enum values must be unique`);
}

function checkRef(at: string, node: JsonObject, definitions: JsonObject): void {
  if (node['$ref'] === undefined) return;
  const name = refName(node['$ref']);
  if (name === undefined || definitions[name] === undefined) {
    invalid(`${at}: $ref '${plain(node['$ref'])}' cannot be resolved`);
  }
}

function refName(ref: Json | undefined): string | undefined {
  return typeof ref === 'string' ? /^#\/(?:\$defs|definitions)\/(.+)$/.exec(ref)?.[1] : undefined;
}

/** Whether a definition leads back to the one of that name. */
function reaches(node: Json, target: string, definitions: JsonObject, seen: Set<string>): boolean {
  if (Array.isArray(node)) return node.some((it: Json) => reaches(it, target, definitions, seen));
  if (!isObject(node)) return false;
  const name = refName(node['$ref']);
  if (name === target) return true;
  if (name !== undefined && !seen.has(name)) {
    seen.add(name);
    if (reaches(definitions[name] ?? null, target, definitions, seen)) return true;
  }
  return Object.values(node).some((it) => reaches(it ?? null, target, definitions, seen));
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
