import { UserError } from '#src/errors.ts';
import { faultOf, QuerySpec } from '#src/questions/spec.ts';

/** A query as an earlier answer has it. Throws UserError `bad_arguments` for anything else. */
export function queryOf(text: string): QuerySpec {
  const read = QuerySpec.safeParse(jsonIn(text));
  const fault = read.success ? faultOf(read.data) : 'It is no query as an answer of mine has it.';
  if (read.success && fault === null) return read.data;
  throw new UserError('bad_arguments', fault ?? '', { field: 'query' });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
