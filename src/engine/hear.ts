import { insertSaid, reactToSaid, rewriteSaid, saidIn, wipeSaid, type NewSaid } from '#src/db/said.ts';
import type { Tx } from '#src/db/schema.ts';
import { unchanged } from '#src/incident/changes.ts';
import { decided, event } from '#src/incident/decision.ts';

import { change } from './change.ts';
import type { Context } from './context.ts';

/** What somebody did in an incident's room, beside commands. */
export type Heard = { readonly message: { readonly platform: string; readonly id: string } } & (
  | ({ readonly kind: 'message' } & Pick<NewSaid, 'name' | 'text' | 'files' | 'below'>)
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'reacted'; readonly person: string; readonly emoji: string; readonly on: boolean }
);

/**
 * Keeps it, so that it can be carried to the incident's other rooms. Heard
 * again it changes nothing. Nothing of a private incident is kept or carried.
 */
export async function hear(ctx: Context, number: number, heard: Heard): Promise<void> {
  await change(ctx, number, async (before, who, tx) => {
    if (before.isPrivate) return unchanged(before);
    const said = await keep(tx, number, heard, who.at);
    if (said === null) return unchanged(before);
    const emoji = heard.kind === 'reacted' ? heard.emoji : null;
    const data = { said, on: heard.message.platform, how: heard.kind, emoji };
    return decided(before, [event(before, 'incident.said', data, who)], who);
  });
}

/** What was taken back before it was heard is not carried when it comes. */
async function bury(tx: Tx, incident: number, message: Heard['message'], at: Date): Promise<void> {
  const id = await insertSaid(tx, { incident, message, name: '', text: '', files: [], below: null, at });
  if (id !== null) await wipeSaid(tx, id, at);
}

/** The number of what was said, where something changed about it; null where nothing did. */
async function keep(tx: Tx, incident: number, heard: Heard, at: Date): Promise<number | null> {
  const { message } = heard;
  if (heard.kind === 'message') {
    const { name, text, files, below } = heard;
    return await insertSaid(tx, { incident, message, name, text, files, below, at });
  }
  const said = await saidIn(tx, message);
  if (!said && heard.kind === 'deleted') await bury(tx, incident, message, at);
  if (!said || said.incident !== incident) return null;
  if (heard.kind === 'reacted') {
    const reaction = { platform: message.platform, person: heard.person, emoji: heard.emoji };
    return (await reactToSaid(tx, said.id, reaction, heard.on)) ? said.id : null;
  }
  // A copy is the bot's own message; only the original is its author's to change.
  if (said.platform !== message.platform || said.message !== message.id) return null;
  const isChanged =
    heard.kind === 'edited'
      ? await rewriteSaid(tx, said.id, heard.text, at)
      : await wipeSaid(tx, said.id, at);
  return isChanged ? said.id : null;
}
