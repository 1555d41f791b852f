import { createHash } from 'node:crypto';

import { z } from 'zod';

import { CHANGE_KINDS, CHANGE_STATUSES, type ChangeInput } from '../change.ts';
import { environmentOf, formOf, said, timeOf } from '../fields.ts';
import { genericSamples } from '../samples/generic.ts';
import { defineChangeSource } from '../source.ts';

const Time = z
  .union([z.string(), z.number()])
  .refine((it) => timeOf(it) !== null, 'write a time like 2026-03-01T08:00:00Z, or seconds since 1970')
  .nullish();

const text = z.string().nullish();

/** One change, in our own words; also the body that the API documents. */
export const GenericChange = z.looseObject({
  id: z
    .union([z.string().min(1), z.number()])
    .nullish()
    .meta({
      description:
        'Yours; what is sent later with the same id is about the same change. Left out: what it says is.',
    }),
  title: z.string().min(1),
  kind: z.enum(CHANGE_KINDS).nullish().meta({ description: 'deploy where it is left out.' }),
  service: text.meta({ description: 'An id, a name or an alias of the catalogue.' }),
  environment: text,
  author: text,
  url: text,
  started_at: Time,
  ended_at: Time,
  status: z.enum(CHANGE_STATUSES).nullish().meta({ description: 'succeeded where it is left out.' }),
  size: z
    .number()
    .int()
    .nonnegative()
    .nullish()
    .meta({ description: 'How many files or commits it touched.' }),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
});

const Several = z.looseObject({ changes: z.array(GenericChange) });

/** Whatever can send JSON: a pipeline, a flag service, a script. One change, or several as `changes`. */
export const generic = defineChangeSource({
  name: 'generic',
  title: 'a change',
  docs: '/api/v1/openapi.json',

  payload: formOf((body) =>
    'changes' in body ? Several.transform((it) => it.changes) : GenericChange.transform((it) => [it]),
  ),

  read: (changes, now) => changes.map((it) => read(it, now)),
  samples: genericSamples,
});

function read(it: z.output<typeof GenericChange>, now: Date): ChangeInput {
  const endedAt = timeOf(it.ended_at);
  const startedAt = timeOf(it.started_at) ?? endedAt ?? now;
  const status = it.status ?? 'succeeded';
  const details = Object.entries(it.details ?? {}).map(([name, value]) => [
    name,
    value === null ? null : String(value),
  ]);
  return {
    id: `generic:${it.id ?? digest(it)}`,
    source: 'generic',
    kind: it.kind ?? 'deploy',
    service: it.service ?? null,
    environment: environmentOf(it.environment ?? null),
    title: it.title,
    author: it.author ?? null,
    url: it.url ?? null,
    startedAt,
    endedAt:
      status === 'started'
        ? null
        : (endedAt ?? (it.started_at === undefined ? startedAt : laterOf(startedAt, now))),
    status,
    size: it.size ?? null,
    details: said({ environment: it.environment, ...Object.fromEntries(details) }),
  };
}

/** What is over and does not say since when is over now, or was before it began to be told of. */
function laterOf(startedAt: Date, now: Date): Date {
  return startedAt > now ? startedAt : now;
}

/** Sent again it is the same. */
function digest(it: z.output<typeof GenericChange>): string {
  return createHash('sha256').update(JSON.stringify(it)).digest('hex').slice(0, 32);
}
