import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

import { Ajv, type ValidateFunction } from 'ajv';

import { objectOf, objectsOf, textOf, type Json } from '#test/support/slack/json.ts';

const require = createRequire(import.meta.url);
const TYPES = path.join(path.dirname(require.resolve('@slack/types/package.json')), 'dist/index.d.ts');
const CACHE = path.join(import.meta.dirname, '../../../../node_modules/.cache');
/** A view's own members; its blocks are checked one by one, so that what is wrong is said of the one. */
const VIEWS = { modal: 'ModalView', home: 'HomeView' } as const;

type Part = 'blocks' | 'modal' | 'home';

interface Checks {
  readonly byBlock: ReadonlyMap<string, ValidateFunction>;
  readonly views: Readonly<Record<'modal' | 'home', ValidateFunction>>;
}

let checks: Promise<Checks> | null = null;
let ready: Checks | null = null;

/**
 * Makes a JSON Schema of Slack's own types for TypeScript, which know every block
 * and every member of one, but no length and no count. It takes some seconds, so
 * what came of it is kept for the next run.
 */
export async function loadSchema(): Promise<void> {
  checks ??= made();
  ready = await checks;
}

/** What Slack's types do not allow. */
export function schemaProblems(value: unknown, part: Part, at: string): readonly string[] {
  if (!ready) throw new Error('loadSchema comes first');
  if (part !== 'blocks') {
    const own = broken(ready.views[part], { ...objectOf(value), blocks: [] }, at);
    return [...own, ...schemaProblems(objectOf(value)['blocks'], 'blocks', `${at}/blocks`)];
  }
  const { byBlock } = ready;
  if (!Array.isArray(value)) return [`must be a list [json-pointer:${at}]`];
  return value.flatMap((block: unknown, index) => {
    const here = `${at}/${index}`;
    const check = byBlock.get(textOf(objectOf(block)['type']));
    return check
      ? broken(check, block, here)
      : [`unsupported type: ${textOf(objectOf(block)['type'])} [json-pointer:${here}/type]`];
  });
}

function broken(check: ValidateFunction, value: unknown, at: string): readonly string[] {
  if (check(value)) return [];
  // Of a choice of many, the deepest complaint is about the one that was meant.
  const errors = (check.errors ?? [])
    .toSorted((a, b) => b.instancePath.length - a.instancePath.length)
    .slice(0, 4);
  return errors.map((it) => {
    const extra = textOf(it.params['additionalProperty']);
    return `${it.message ?? 'is wrong'}${extra === '' ? '' : ` (${extra})`} [json-pointer:${at}${it.instancePath}]`;
  });
}

async function made(): Promise<Checks> {
  const schema = (await kept()) ?? (await generated());
  const definitions = objectOf(schema['definitions']);
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addSchema({ ...schema, $id: 'slack' });
  const checkOf = (name: string) => ajv.compile({ $ref: `slack#/definitions/${name}` });
  const byBlock = new Map<string, ValidateFunction>();
  for (const { $ref: ref } of objectsOf(objectOf(definitions['KnownBlock'])['anyOf'])) {
    const name = textOf(ref).split('/').at(-1) ?? '';
    for (const type of typesOf(objectOf(definitions[name]))) byBlock.set(type, checkOf(name));
  }
  return { byBlock, views: { modal: checkOf(VIEWS.modal), home: checkOf(VIEWS.home) } };
}

/** What the member `type` of a block may be. */
function typesOf(definition: Json): readonly string[] {
  const alternatives = [definition, ...objectsOf(definition['anyOf'])];
  const types = alternatives.map((it) => textOf(objectOf(objectOf(it['properties'])['type'])['const']));
  return [...new Set(types)].filter((it) => it !== '');
}

async function cacheFile(): Promise<string> {
  const { version } = JSON.parse(await readFile(require.resolve('@slack/types/package.json'), 'utf8')) as {
    version: string;
  };
  return path.join(CACHE, `slack-types-${version}.schema.json`);
}

async function kept(): Promise<Json | null> {
  try {
    return JSON.parse(await readFile(await cacheFile(), 'utf8')) as Json;
  } catch {
    return null;
  }
}

async function generated(): Promise<Json> {
  const { createGenerator } = await import('ts-json-schema-generator');
  const schema = createGenerator({
    path: TYPES,
    type: '*',
    expose: 'all',
    skipTypeCheck: true,
    additionalProperties: false,
    topRef: false,
  }).createSchema('*') as Json;
  await keep(schema).catch(() => null);
  return schema;
}

/** Several test files may do this at once: each writes its own, and the last one stays. Where nothing can be written, it is made anew. */
async function keep(schema: Json): Promise<void> {
  const file = await cacheFile();
  const own = `${file}.${randomUUID()}`;
  await mkdir(CACHE, { recursive: true });
  await writeFile(own, JSON.stringify(schema));
  await rename(own, file);
}
