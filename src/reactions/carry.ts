import { bold, code, say, type Message, type Part } from '#src/chat/message.ts';
import type { ChatPlatform, Ref } from '#src/chat/platform.ts';
import {
  copiedFiles,
  findSaid,
  isReactedElsewhere,
  placeOf,
  saidIn,
  saveCopiedFile,
  saveCopy,
} from '#src/db/said.ts';
import type { SaidRow } from '#src/db/schema.ts';

import { isGone, isRefused, type ChatReaction, type Here } from './on-platform.ts';
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
  await saveCopy(db, said.id, posted);
  if (said.editedAt) await ifThere(() => here.call((it) => it.edit(posted, message)));
  for (const [index, file] of said.files.entries()) {
    if (fits(file, here.platform)) await carryFile(here, room, { file, said, key: `${key}-file-${index}` });
  }
}

interface Carried {
  readonly file: SaidRow['files'][number];
  readonly said: SaidRow;
  readonly key: string;
}

/** A file that its platform does not have any more is left out; the words that came with it stay. */
async function carryFile(here: Here, room: Ref, { file, said, key }: Carried): Promise<void> {
  const { calling, chat } = here.deps;
  const from = chat.find((it) => it.name === file.platform);
  if (!from) return;
  try {
    const bytes = await calling(from.name, () => from.fetchFile(file));
    const words = `${file.name}, from ${said.name}`;
    const sent = { name: file.name, type: file.type, bytes };
    const posted = await here.call((it) => it.attach(room, sent, { key, words }));
    await saveCopiedFile(here.deps.db, said.id, posted);
  } catch (error) {
    if (!isRefused(error) && !isGone(error, 'message')) throw error;
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

function fits({ size }: SaidRow['files'][number], { limits }: ChatPlatform): boolean {
  return size <= limits.file;
}

/** In the name of who wrote it; nothing in it notifies anybody. */
function wordsOf(said: SaidRow, platform: ChatPlatform): Message {
  const { name, text, files } = said;
  const missing = files.filter((it) => !fits(it, platform));
  const left: Part[] = missing.map((it) => ({
    type: 'context',
    text: ['The file ', code(it.name), ` is too large for here; it is on ${titleOf(said.platform)}.`],
  }));
  return say([bold(`${name} (${titleOf(said.platform)})`), ': ', text], ...left);
}

function titleOf(platform: string): string {
  return `${platform.charAt(0).toUpperCase()}${platform.slice(1)}`;
}
