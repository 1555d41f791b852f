import type { Insertable, Selectable } from 'kysely';

import type { SwapAnswer, SwapRequestTable } from './schema-people.ts';
import type { Reader, Tx } from './schema.ts';

export type SwapRequest = Selectable<SwapRequestTable>;

export async function addSwapRequest(tx: Tx, request: Insertable<SwapRequestTable>): Promise<void> {
  await tx.insertInto('swapRequests').values(request).execute();
}

/** Null where there is none of this id. */
export async function findSwapRequest(r: Reader, id: string): Promise<SwapRequest | null> {
  const row = await r.selectFrom('swapRequests').selectAll().where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Whoever changes it holds the lock of the setup. */
export async function answerSwapRequest(tx: Tx, id: string, answer: SwapAnswer, at: Date): Promise<void> {
  await tx.updateTable('swapRequests').set({ answer, answeredAt: at }).where('id', '=', id).execute();
}
