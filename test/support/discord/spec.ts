import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import addFormats from 'ajv-formats';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: { readonly type?: string | readonly string[] };
}

interface OpenApi {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, Operation>> & { readonly parameters?: readonly Parameter[] }>
  >;
}

/** What is wrong with a call, by Discord's own description of its interface. */
export interface Spec {
  /** Whether there is such a route; `path` like `/channels/{channel_id}`. */
  has(method: string, path: string): boolean;
  request(method: string, path: string, body: unknown, query: URLSearchParams): readonly string[];
  response(method: string, path: string, status: number, body: unknown): readonly string[];
}

/** Read once for all fakes of a process: it takes a quarter of a second. */
let loaded: Spec | null | undefined;

/** Discord's OpenAPI from the folder that OFFICIAL_SPECS names; null where it names none. */
export function officialSpec(): Spec | null {
  const folder = process.env['OFFICIAL_SPECS'];
  if (loaded === undefined && !folder) {
    process.stderr.write(
      'SKIPPED: OFFICIAL_SPECS is not set, so calls are not held to the official description of Discord.\n',
    );
  }
  loaded ??= folder ? makeSpec(join(folder, 'discord-openapi.json')) : null;
  return loaded;
}

function makeSpec(file: string): Spec {
  const api = JSON.parse(readFileSync(file, 'utf8'), mended) as OpenApi;
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true, verbose: true });
  addFormats.default(ajv);
  for (const name of ['int32', 'int64', 'uint32', 'double', 'snowflake', 'nonce']) ajv.addFormat(name, true);
  ajv.addSchema(api, 'discord');
  const compiled = new Map<string, ValidateFunction>();
  const validate = (pointer: string, value: unknown): string[] => {
    const check = compiled.get(pointer) ?? ajv.compile({ $ref: `discord#${pointer}` });
    compiled.set(pointer, check);
    return check(value) ? [] : (check.errors ?? []).slice(0, 8).map(said);
  };
  const operation = (method: string, path: string) => api.paths[path]?.[method.toLowerCase()];
  return {
    has: (method, path) => operation(method, path) !== undefined,
    request(method, path, body, query) {
      const found = operation(method, path);
      if (!found) return [`there is no ${method} ${path}`];
      const wrong = wrongQuery([...(api.paths[path]?.parameters ?? []), ...(found.parameters ?? [])], query);
      if (!found.requestBody) return wrong;
      if (body === undefined) return found.requestBody.required ? [...wrong, 'the body is missing'] : wrong;
      const pointer = `/paths/${escaped(path)}/${method.toLowerCase()}/requestBody/content/application~1json/schema`;
      return [...wrong, ...validate(pointer, body)];
    },
    response(method, path, status, body) {
      const content = operation(method, path)?.responses[status]?.content?.['application/json'];
      if (!content) return [];
      const pointer = `/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}/content/application~1json/schema`;
      return validate(pointer, body);
    },
  };
}

/** Fields that hold permissions. */
const BITS = ['allow', 'deny', 'permissions', 'default_member_permissions'];

/**
 * The description asks for permissions as numbers, and for ids as text; the interface
 * takes permissions as text too, as its manual asks, and the ids of new files as numbers.
 */
function mended(key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (key === 'SnowflakeType') return { anyOf: [value, { type: 'integer', minimum: 0 }] };
  if (!BITS.includes(key) || !JSON.stringify(value).includes('"integer"')) return value;
  return { anyOf: [value, { type: 'string', pattern: '^\\d+$' }] };
}

function wrongQuery(parameters: readonly Parameter[], query: URLSearchParams): string[] {
  const known = parameters.filter((it) => it.in === 'query');
  const wrong = [...query.keys()]
    .filter((name) => !known.some((it) => it.name === name))
    .map((name) => `there is no parameter ${name}`);
  const missing = known
    .filter(({ name, required }) => required && !query.has(name))
    .map(({ name }) => `the parameter ${name} is missing`);
  return [...wrong, ...missing];
}

function said({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || 'body'} ${message ?? 'is wrong'} ${JSON.stringify(params)}`;
}

function escaped(path: string): string {
  return encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'));
}
