import type { Message } from '#src/chat/message.ts';

import type { OutgoingRow } from './schema-people.ts';
import type { Reader, Tx } from './schema.ts';

export type NewOutgoing = Pick<OutgoingRow, 'id' | 'platform' | 'toKind' | 'toId'> & {
  readonly message: Message;
  readonly createdAt: Date;
};

/** False where one of this id is there already: nothing is said twice. */
export async function addOutgoing(tx: Tx, it: NewOutgoing): Promise<boolean> {
  const added = await tx
    .insertInto('outgoing')
    .values({ ...it, message: JSON.stringify(it.message), posted: null, failed: null })
    .onConflict((of) => of.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return added !== undefined;
}

export async function findOutgoing(r: Reader, id: string): Promise<OutgoingRow | null> {
  return (await r.selectFrom('outgoing').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/** What became of it: the message as the platform calls it, or why it will never be there. */
export async function settleOutgoing(
  r: Reader,
  id: string,
  end: { readonly posted: string } | { readonly failed: string },
): Promise<void> {
  await r.updateTable('outgoing').set(end).where('id', '=', id).execute();
}
