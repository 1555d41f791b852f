import { z } from 'zod';

import type { Departure } from '#src/db/egress.ts';

import { time } from './common.ts';

export const DepartureShape = z
  .object({
    id: z.int(),
    call: z.string().meta({ description: 'Of the record of the call; several requests may belong to one.' }),
    at: time,
    task: z.string(),
    model: z.string(),
    bytes: z.int(),
    sha256: z.string().meta({ description: 'Of the whole text, in hex.' }),
    removed: z
      .record(z.string(), z.int())
      .meta({ description: 'How many different values were taken out before, by kind.' }),
  })
  .meta({ id: 'Departure' });

export function showDeparture({
  id,
  call,
  at,
  task,
  model,
  bytes,
  sha256,
  removed,
}: Departure): z.input<typeof DepartureShape> {
  return { id, call, at: at.toISOString(), task, model, bytes, sha256, removed: { ...removed } };
}
