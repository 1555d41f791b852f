import { readFileSync } from 'node:fs';
import path from 'node:path';

import { isObject, objectOf, objectsOf, parsed, textOf, type Json } from './json.ts';

/** Slack's own description of its Web API, where the environment names the folder it is in. It is of 2021. */
const FILE = 'slack-web-openapi-2021.json';

/** What came later, and is not in it. */
const NEWER: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['metadata'],
  'chat.update': ['metadata', 'file_ids', 'reply_broadcast'],
  'conversations.history': ['include_all_metadata'],
  'conversations.invite': ['force'],
  'conversations.replies': ['include_all_metadata'],
};

const spec = readSpec();

/** What of a call's arguments is not in the official description; nothing for methods it does not have. */
export function brokenSpec(name: string, values: ReadonlyMap<string, string>): readonly string[] {
  const operation = spec?.get(name);
  if (!operation) return [];
  const parameters = new Map(objectsOf(operation['parameters']).map((it) => [textOf(it['name']), it]));
  const missing = [...parameters]
    .filter(([it, parameter]) => parameter['required'] === true && it !== 'token' && !values.has(it))
    .map(([it]) => `the specification requires ${it}`);
  const wrong = [...values].flatMap(([it, value]) => {
    const parameter = parameters.get(it);
    if (it === 'token' || it === 'team_id' || NEWER[name]?.includes(it)) return [];
    return parameter ? wrongType(it, textOf(parameter['type']), value) : [`the specification has no ${it}`];
  });
  return [...missing, ...wrong];
}

export function hasSpec(): boolean {
  return spec !== null;
}

function wrongType(name: string, type: string, value: string): readonly string[] {
  const isRight =
    type === 'boolean'
      ? /^(?:true|false|1|0)$/.test(value)
      : type === 'integer' || type === 'number'
        ? value !== '' && Number.isFinite(Number(value))
        : true;
  return isRight ? [] : [`the specification wants ${name} to be a ${type}: ${value.slice(0, 40)}`];
}

function readSpec(): ReadonlyMap<string, Json> | null {
  const folder = process.env['OFFICIAL_SPECS'];
  if (folder === undefined || folder === '') {
    process.stderr.write(
      'SKIPPED: OFFICIAL_SPECS is not set, so calls are not held to the official description of the Slack Web API.\n',
    );
    return null;
  }
  const paths = objectOf(objectOf(parsed(readFileSync(path.join(folder, FILE), 'utf8')))['paths']);
  const operations = Object.entries(paths).flatMap(([it, methods]) => {
    const { post, get } = objectOf(methods);
    const operation = post ?? get;
    return isObject(operation) ? [[it.slice(1), operation] as const] : [];
  });
  return new Map(operations);
}
