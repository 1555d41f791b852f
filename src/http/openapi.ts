import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';

import { ErrorObject } from './errors.ts';
import type { Route, Tag } from './route.ts';

/** Rises when an answer changes in a way that could break who reads it. */
export const API_VERSION = '1.0.0';

const TAGS: Record<Tag, string> = {
  Events: 'What monitoring systems send.',
  Incidents: 'Incidents, and what can be done to them.',
  Commands: 'The commands people type in chat.',
  People: 'People and teams.',
  Access: 'Keys and sign-in links.',
  Operations: 'Health, figures, and work that was given up.',
  Page: 'What the built-in page asks for itself. It may change at any time.',
};

const SENTENCES: Readonly<Record<number, string>> = {
  400: 'The request cannot be read; the message names what is wrong.',
  401: 'No key, or a wrong one; or a bad signature.',
  403: 'The key or the role does not allow it.',
  404: 'There is no such thing.',
  409: 'It cannot be done as things stand; or the Idempotency-Key was used for something else.',
  413: 'The body is larger than 1 MiB, as sent or unpacked.',
  415: 'The Content-Encoding is neither gzip nor deflate.',
  429: 'Too many requests; Retry-After says when.',
  500: 'A fault of ours; the message has the id it has in the log.',
  503: 'Not now; Retry-After says when.',
};

/** One each, named, so that the document says them once and points to them. */
const REFUSALS = Object.fromEntries(
  Object.entries(SENTENCES).map(([code, description]) => [
    Number(code),
    { id: `Error${code}`, description, content: { 'application/json': { schema: ErrorObject } } },
  ]),
);

const IdempotencyKey = z.string().max(255).optional().meta({
  description:
    'What is asked is done once for each key, for 24 hours; a repeat gets the same answer, with Idempotent-Replayed: true. Where the process died before it answered, a repeat is taken after a minute: events and new incidents are known then and not made again; anything else is done anew.',
});

/** The OpenAPI 3.1 document of these routes. */
export function describeRoutes(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const it of routes) {
    for (const [index, path] of [it.path, ...(it.also ?? [])].entries()) {
      const name = index === 0 ? it.name : `${it.name}Also${index}`;
      paths[path] = { ...paths[path], [it.method]: { ...operation(it), operationId: name } };
    }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'LLM Incident Manager',
      version: API_VERSION,
      description:
        'Alerts in, incidents run and resolved. Send an API key in X-API-Key, or as Authorization: Bearer. Refusals are always the Error object.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'im_session' },
      },
    },
  });
}

function operation(it: Route): ZodOpenApiOperationObject {
  const { status, description, body } = it.answers;
  const isText = body instanceof z.ZodString;
  const content = { [isText ? 'text/plain' : 'application/json']: { schema: body } };
  return {
    tags: [it.tag],
    summary: it.summary,
    ...(it.description === undefined ? null : { description: it.description }),
    security: securityOf(it),
    requestParams: {
      ...(it.params ? { path: it.params } : null),
      ...(it.query ? { query: it.query } : null),
      ...(it.method === 'post' && it.access !== 'none'
        ? { header: z.object({ 'Idempotency-Key': IdempotencyKey }) }
        : null),
    },
    ...(it.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: it.body } } } }
      : null),
    responses: {
      [`${status}`]: { description, ...(body instanceof z.ZodNull ? null : { content }) },
      ...Object.fromEntries(refusalsOf(it).map((code) => [`${code}`, REFUSALS[code] ?? {}])),
    },
    ...(it.access === 'none' ? null : { 'x-scope': it.access }),
  };
}

function securityOf(it: Route): Record<string, string[]>[] {
  if (it.access === 'none' || it.params?.shape['key']) return [];
  return [{ apiKey: [] }, { bearer: [] }, { session: [] }];
}

function refusalsOf(it: Route): number[] {
  const always = it.access === 'none' ? [500] : [401, 403, 429, 500, 503];
  const withInput = it.params || it.query || it.body ? [400] : [];
  const withBody = it.method === 'get' ? [] : [400, 409, 413, 415];
  return [...new Set([...always, ...withInput, ...withBody, ...(it.refuses ?? [])])].toSorted(
    (a, b) => a - b,
  );
}
