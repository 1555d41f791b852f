import { scores, type Score } from '#src/db/investigations.ts';
import type { Context } from '#src/engine/context.ts';

/** How well the causes that models named held, over the last days. */
export async function scoresSince(
  { db, now }: Pick<Context, 'db' | 'now'>,
  days: number,
  by: 'model' | 'service',
): Promise<Score[]> {
  return await scores(db, new Date(now().getTime() - days * 86_400_000), { by });
}
