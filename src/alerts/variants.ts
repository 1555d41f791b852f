import { z } from 'zod';

import { type Fields, isFields } from './fields.ts';

/**
 * A payload that comes in several forms: `choose` looks at the body and says
 * which, so that what is wrong is told of that form and not of all of them.
 */
export function oneOf<S extends z.ZodType>(choose: (body: Fields) => S): z.ZodType<z.output<S>> {
  return z.unknown().transform((body, ctx): z.output<S> => {
    if (!isFields(body)) {
      ctx.addIssue({ code: 'custom', message: 'must be a JSON object' });
      return z.NEVER;
    }
    const read = choose(body).safeParse(body);
    if (read.success) return read.data;
    for (const { message, path } of read.error.issues) ctx.addIssue({ code: 'custom', message, path });
    return z.NEVER;
  });
}
