import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import type { ValidateFunction } from 'ajv';

import { isFields, type Fields } from '../json.ts';
import { Refusal } from '../service/refusal.ts';

/** The library's types are of CommonJS, and say default where there is a module. */
const load = createRequire(import.meta.url);

const FOLDER = process.env['OFFICIAL_SPECS'] ?? '';

/** Whether what the program sends is checked against the owners' own specifications as well. */
export const hasSpecs = FOLDER !== '';

if (!hasSpecs) {
  process.stderr.write(
    'SKIPPED: OFFICIAL_SPECS is not set, so calls are not held to the official descriptions of the Bot Connector and of cards.\n',
  );
}

type Check = (value: unknown) => void;

/** @throws Refusal for a body that the Bot Connector's own definition of this name does not allow */
export const checkDefinition = (definition: 'Activity' | 'ConversationParameters', value: unknown): void => {
  connector(definition)?.(value);
};

/** @throws Refusal for a card that the schema 1.5 does not allow */
export const checkSchema: Check = (card) => {
  if (!hasSpecs) return;
  compiled.card ??= compile('ajv', draft6(read('adaptive-card-1.5.schema.json')), 'adaptive card');
  compiled.card(withoutExtensions(card));
};

/** Compiled once in a process. */
const compiled: { card?: Check; readonly connector: Map<string, Check> } = { connector: new Map() };

function connector(definition: string): Check | null {
  if (!hasSpecs) return null;
  const known = compiled.connector.get(definition);
  if (known) return known;
  const { definitions } = read('bot-connector-swagger.json');
  const schema = nullable({ definitions, $ref: `#/definitions/${definition}` }) as Fields;
  const check = compile('ajv-draft-04', schema, definition);
  compiled.connector.set(definition, check);
  return check;
}

function compile(library: 'ajv' | 'ajv-draft-04', schema: Fields, what: string): Check {
  const { default: Ajv } = load(library) as { default: new (options: object) => Compiler };
  const ajv = new Ajv({ strict: false, logger: false, allErrors: false, validateFormats: false });
  if (library === 'ajv') ajv.addMetaSchema(load('ajv/dist/refs/json-schema-draft-06.json') as object);
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return;
    const [error] = validate.errors ?? [];
    throw new Refusal(400, 'BadSyntax', `no valid ${what}: ${error?.instancePath} ${error?.message}`);
  };
}

interface Compiler {
  addMetaSchema(schema: object): void;
  compile(schema: object): ValidateFunction;
}

function read(file: string): Fields {
  return JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Fields;
}

/** Its own name for itself is the one of an older draft than the one it is written in. */
function draft6(schema: Fields): Fields {
  const kept = Object.entries(schema).filter(([name]) => name !== 'id');
  return { ...Object.fromEntries(kept), $schema: 'http://json-schema.org/draft-06/schema#' };
}

/** What is `x-nullable` may be null; a property of no more than a description may be anything. */
function nullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nullable);
  if (!isFields(value)) return value;
  const fields = Object.fromEntries(Object.entries(value).map(([name, it]) => [name, nullable(it)]));
  if (fields['x-nullable'] !== true || typeof fields['type'] !== 'string') return fields;
  return { ...fields, type: [fields['type'], 'null'] };
}

/** Without what Teams adds to the schema: `msteams`, and choices that are searched while somebody types. */
function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExtensions);
  if (!isFields(value)) return value;
  const kept = Object.entries(value).filter(
    ([name, it]) => name !== 'msteams' && name !== 'choices.data' && !(name === 'style' && it === 'filtered'),
  );
  return Object.fromEntries(kept.map(([name, it]) => [name, name === 'data' ? it : withoutExtensions(it)]));
}
