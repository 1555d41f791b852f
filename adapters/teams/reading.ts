import { createHash } from 'node:crypto';

import type { Activity } from 'botbuilder';

import type { Ref, Said } from '#src/chat/platform.ts';
import { clean } from '#src/chat/text.ts';

import type { Asker } from './answer.ts';
import type { Core } from './core.ts';
import { filesIn } from './files.ts';
import { PLATFORM } from './limits.ts';
import type { People } from './people.ts';
import { channelOf, isChannel, refOf } from './places.ts';

/** What is written in the recipient of a message that only its author and the bot see. */
interface Targeted {
  readonly isTargeted?: boolean;
}

interface Mention {
  readonly type: string;
  readonly text?: string;
  readonly mentioned?: { readonly id?: string; readonly name?: string };
}

/** A person is known by the directory's id, where there is one. */
export function personOf({ from }: Activity): Ref {
  return { platform: PLATFORM, id: from.aadObjectId ?? from.id };
}

export function isOfBot({ from }: Activity): boolean {
  return from === undefined || from.role === 'bot' || from.id.startsWith('28:');
}

export function isPersonal({ conversation }: Activity): boolean {
  return conversation.conversationType === 'personal';
}

/** Who has a wish, and where it is answered. Learns who is in the room. */
export async function askerOf({ places }: Core, activity: Activity): Promise<Asker> {
  const { id: conversation } = activity.conversation;
  const isAlone = isPersonal(activity);
  const room = isAlone ? null : await places.roomOf(conversation);
  if (room !== null && activity.from.id.startsWith('29:')) await places.met(room, activity.from.id);
  const isHidden = (activity.recipient as Targeted).isTargeted === true;
  const inRoom = room !== null && isAtTop(activity) ? room : conversation;
  return {
    id: `${conversation}|${deliveryOf(activity)}`,
    person: personOf(activity),
    room: room === null ? null : { platform: PLATFORM, id: room },
    // Nothing can stand below a message that only its author sees.
    conversation: isHidden ? inRoom : conversation,
    forAll: inRoom,
    isPersonal: isAlone,
  };
}

/** Whether it is, or is about, a post of the room and not something below one. */
function isAtTop({ conversation, type, id, replyToId, text }: Activity): boolean {
  const root = conversation.id.split(';messageid=')[1];
  const isPress = type === 'invoke' || !text;
  return root === undefined || root === (isPress ? replyToId : id);
}

/** Activities without an id of their own are told apart by when they were and what they say. */
function deliveryOf({ id, timestamp, name, value }: Activity): string {
  return (
    id ??
    createHash('sha256')
      .update(JSON.stringify([timestamp, name, value]))
      .digest('base64url')
  );
}

/**
 * A command, as text: what is said to the bot alone, or with its name in it, or
 * as a slash command. Null for words that are for others.
 */
export async function commandIn(people: People, activity: Activity): Promise<string | null> {
  const { recipient } = activity;
  const toBot = mentionsIn(activity).some((it) => it.mentioned?.id === recipient.id);
  if (!toBot && !isPersonal(activity) && (recipient as Targeted).isTargeted !== true) return null;
  return (await wordsOf(people, activity)).replace(/^\/incident(?:\s+|$)/i, '');
}

/** What was written: the bot's name taken out, other people's written `<@ID>`. What only looks like a mention stays as it is. */
export async function wordsOf(people: People, activity: Activity): Promise<string> {
  let text = activity.text ?? '';
  for (const { text: marked, mentioned } of mentionsIn(activity)) {
    const id = mentioned?.id ?? '';
    const isBot = id === activity.recipient.id;
    const written = isBot ? '' : `<@${await people.idOf(id, activity.conversation.id)}>`;
    // Teams leaves the mark out where the name has characters that need escaping.
    const mark = marked ?? (mentioned?.name === undefined ? undefined : `<at>${mentioned.name}</at>`);
    const isThere = mark !== undefined && text.includes(mark);
    text = text.replace(isThere ? mark : /<at>[^<]*<\/at>/, () => written);
  }
  return clean(text.replaceAll('\u00A0', ' ')).trim();
}

function mentionsIn({ entities = [] }: Activity): readonly Mention[] {
  return (entities as readonly Mention[]).filter((it) => it.type === 'mention');
}

/** The message that an activity is, or is about. */
export function messageOf({ conversation }: Activity, id: string): Ref {
  return refOf(isChannel(conversation.id) ? `${conversation.id};messageid=${id}` : conversation.id, id);
}

/** Words of a person in a room, as the engine hears them. */
export async function saidIn(core: Core, people: People, activity: Activity, room: string): Promise<Said> {
  const id = activity.id ?? '';
  const { id: conversation } = activity.conversation;
  const root = conversation.split(';messageid=')[1];
  // In a room that is a thread all is one flow; in a channel a thread is below its first message.
  const isBelow = root !== undefined && root !== id && channelOf(conversation) === room;
  return {
    id: `${conversation}|${id}`,
    person: personOf(activity),
    room: { platform: PLATFORM, id: room },
    message: messageOf(activity, id),
    kind: 'message',
    text: await wordsOf(people, activity),
    files: await filesIn(core, activity),
    below: isBelow ? refOf(conversation, root) : null,
  };
}

/** The six that have a word; every other is its code points and a name: "Teams reactions reference". */
const EMOJI: Readonly<Record<string, string>> = {
  like: '👍',
  heart: '❤️',
  laugh: '😆',
  surprised: '😮',
  sad: '😢',
  angry: '😡',
};

/** Null for a reaction that is no emoji, such as a picture of the organisation's own. */
export function emojiOf(type: string): string | null {
  const word = EMOJI[type];
  if (word !== undefined) return word;
  const codes = /^([0-9a-f]{2,6}(?:-[0-9a-f]{2,6})*)[_-]/.exec(type)?.[1];
  if (codes === undefined) return null;
  const points = codes.split('-').map((it) => Number.parseInt(it, 16));
  return points.every((it) => it <= 0x10_ff_ff) ? String.fromCodePoint(...points) : null;
}
