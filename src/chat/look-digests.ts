import { digestsOf } from '#src/db/digests.ts';
import type { DigestRow } from '#src/db/schema-questions.ts';

import type { CommandContext } from './command.ts';

/** The questions of whoever asks that are asked again, the next first. */
export async function digestsFor({
  db,
  person,
}: Pick<CommandContext, 'db' | 'person'>): Promise<DigestRow[]> {
  return person ? await digestsOf(db, person.id) : [];
}
