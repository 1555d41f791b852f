import { describe, expect, test } from 'vitest';

import { openapiDocument, routes } from '#src/http/routes/index.ts';

type Any = Readonly<Record<string, unknown>>;
const document = openapiDocument() as {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Any>>;
  readonly components: { readonly schemas: Any };
};
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

describe('the OpenAPI document', () => {
  test('has every route, and nothing else', () => {
    const mounted = routes.flatMap((it) =>
      [it.path, ...(it.also ?? [])].map((path) => `${it.method} ${path}`),
    );
    expect(operations.map((it) => `${it.method} ${it.path}`).toSorted()).toEqual(mounted.toSorted());
    expect(new Set(mounted).size).toBe(mounted.length);
  });

  test('is OpenAPI 3.1, and survives JSON', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  test('points nowhere that is not there', () => {
    const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((it) => it[1] ?? '');
    expect(refs.length).toBeGreaterThan(50);
    for (const ref of refs) expect([ref, follow(ref)]).toEqual([ref, expect.anything()]);
  });

  test('names each operation once, with a tag, an answer and the refusals it can give', () => {
    const ids = operations.map((it) => it.operation['operationId']);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation, path } of operations) {
      const responses = Object.keys(operation['responses'] as Any);
      expect([path, responses.filter((it) => it.startsWith('2'))]).toEqual([path, [expect.any(String)]]);
      expect([path, responses]).toEqual([path, expect.arrayContaining(['500'])]);
      expect((operation['tags'] as unknown[]).length).toBe(1);
    }
  });

  test('describes each parameter of each address', () => {
    for (const { path, operation } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((it) => it[1]);
      const parameters = (operation['parameters'] ?? []) as {
        name: string;
        in: string;
        required?: boolean;
      }[];
      const described = parameters.filter((it) => it.in === 'path');
      expect(described.map((it) => it.name)).toEqual(named);
      expect(described.every((it) => it.required)).toBe(true);
    }
  });

  test('has no schema that says nothing by mistake', () => {
    const empty = operations.flatMap(({ path, operation }) => {
      const body = operation['requestBody'] as { content: Record<string, { schema: Any }> } | undefined;
      const schema = body?.content['application/json']?.schema;
      return schema && Object.keys(schema).length === 0 ? [path] : [];
    });
    expect(empty).toEqual([]);
    for (const name of [
      'Incident',
      'Error',
      'TimelineEvent',
      'Comment',
      'Pagination',
      'CreateEventResponse',
      'User',
    ]) {
      expect(document.components.schemas).toHaveProperty(name);
    }
  });

  test('says who may: every route has a scope, or is meant for everybody', () => {
    const open = routes.filter((it) => it.access === 'none').map((it) => it.name);
    expect(open).toEqual([
      'beatByAddress',
      'beatByGet',
      'getHealth',
      'getReadiness',
      'getMetrics',
      'getDocument',
    ]);
  });
});

function follow(ref: string): unknown {
  return ref
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((at, name) => (at as Any | undefined)?.[name.replaceAll('~1', '/')], document);
}
