import { bold, code, say, type Message, type Part } from '#src/chat/message.ts';
import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import { copiedFiles, findSaid, isReactedElsewhere, placeOf, saidIn, saveCopy } from '#src/db/said.ts';
import type { SaidRow } from '#src/db/schema.ts';

import { filesFrom } from './carry-files.ts';
import { isGone, isRefused, nameOn, titleOf, type ChatReaction, type Here } from './on-platform.ts';
import { inRoom, refOf } from './rooms.ts';

/**
 * The bridge: what people write in one room of an incident stands in its other
 * rooms too, in their name, and follows what they do to it. Adapters never
 * report what a bot writes, so nothing is carried back.
 */
export const carry: ChatReaction = {
  name: 'carry',
  whole: false,
  on: ['incident.said'],
  async run(here, { event }) {
    if (event?.type !== 'incident.said') return;
    const { said: id, on, how, emoji } = event.data;
    const said = await findSaid(here.deps.db, id);
    // Where it was done it is seen already; a reaction belongs wherever the message stands.
    if (!said || (on === here.platform.name && how !== 'reacted')) return;
    if (how === 'reacted') await ifThere(() => carryReaction(here, said, emoji ?? ''));
    else if (said.deletedAt) await carryDeletion(here, said);
    else await inRoom(here, async ({ room }) => await carryWords(here, refOf(room), said));
  },
};

async function carryWords(here: Here, room: Ref, said: SaidRow): Promise<void> {
  const { db } = here.deps;
  const message = wordsOf(said, here.platform);
  const key = `said-${said.id}`;
  const above = said.below === null ? null : await saidIn(db, { platform: said.platform, id: said.below });
  const root = above && (await placeOf(db, above, here.platform.name));
  const posted = await here.call((it) =>
    root ? it.replyTo(root, message, { key }) : it.post(room, message, { key }),
  );
  const files = [...said.files.keys()].filter((index) => fits(said.files[index], here.platform));
  await saveCopy(db, said.id, posted, files);
  if (said.editedAt) await ifThere(() => here.call((it) => it.edit(posted, message)));
  // The words go on at once; files wait for the platform that has them.
  const isThere = here.deps.chat.some(({ name }) => name === said.platform);
  if (files.length > 0 && isThere) {
    await here.deps.ask(nameOn(here.platform, filesFrom(said.platform)), [here.number]);
  }
}

/** The words, and the files that came with them. */
async function carryDeletion(here: Here, said: SaidRow): Promise<void> {
  const { db } = here.deps;
  const { name } = here.platform;
  if (said.platform === name) return;
  const copy = await placeOf(db, said, name);
  const copies = [...(copy ? [copy] : []), ...(await copiedFiles(db, said.id, name))];
  for (const it of copies) await ifThere(() => here.call((platform) => platform.remove(it)));
}

/** The bot stands for all who reacted on the other platforms. */
async function carryReaction(here: Here, said: SaidRow, emoji: string): Promise<void> {
  const { db } = here.deps;
  const { name } = here.platform;
  const place = await placeOf(db, said, name);
  if (!place || said.deletedAt) return;
  const isOn = await isReactedElsewhere(db, said.id, emoji, name);
  await here.call((it) => it.react(place, emoji, isOn));
}

/** What was deleted by hand meanwhile needs no more, nor does what a platform will not have. */
async function ifThere(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isGone(error, 'message') && !isRefused(error)) throw error;
  }
}

function fits(file: SaidRow['files'][number] | undefined, { limits }: ChatPlatform): boolean {
  return file !== undefined && file.size <= limits.file;
}

/** In the name of who wrote it; nothing in it notifies anybody. */
function wordsOf(said: SaidRow, platform: ChatPlatform): Message {
  const { name, text, files } = said;
  const missing = files.filter((it) => !fits(it, platform));
  const left: Part[] = missing.map((it) => ({
    type: 'context',
    text: ['The file ', code(it.name), ` is too large for here; it is on ${titleOf(said.platform)}.`],
  }));
  // Whoever says nothing beside a file is not quoted with nothing.
  const words = text.trim() === '' ? files.map((it) => it.name).join(', ') : text;
  return say([bold(`${name} (${titleOf(said.platform)})`), ': ', words], ...left);
}
