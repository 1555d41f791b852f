import type { Activity } from 'botbuilder';

import { Kept } from '#src/chat/kept.ts';
import type { Said } from '#src/chat/platform.ts';

import type { Answer } from './answer.ts';
import type { Core } from './core.ts';
import { PLATFORM } from './limits.ts';
import type { People } from './people.ts';
import { channelOf } from './places.ts';
import {
  askerOf,
  commandIn,
  emojiOf,
  isOfBot,
  isPersonal,
  messageOf,
  personOf,
  saidIn,
  wordsOf,
} from './reading.ts';
import { inboxOf, type Data, type Wishes } from './wishes.ts';

interface Deps extends Core {
  readonly people: People;
  readonly answer: Answer;
  readonly wishes: Wishes;
}

/** Words of so many messages are remembered, because a reaction does not say what it was put to. */
const REMEMBERED = 500;

type Hear = (activity: Activity) => Promise<void>;

/** From what Teams tells to the engine's inbox: all that was acknowledged already and needs no answer. */
export function makeHear(deps: Deps): Hear {
  const recent: Recent = new Kept(REMEMBERED);
  const ofPeople =
    (hear: (deps: Deps, recent: Recent, activity: Activity) => Promise<void>): Hear =>
    async (activity) => {
      if (!isOfBot(activity)) await hear(deps, recent, activity);
    };
  const HEARD: Readonly<Record<string, Hear>> = {
    message: ofPeople(written),
    messageUpdate: ofPeople(rewritten),
    messageDelete: ofPeople(takenBack),
    messageReaction: ofPeople(reacted),
    installationUpdate: (activity) => installed(deps, activity),
    conversationUpdate: async ({ membersAdded = [], membersRemoved = [] }) => {
      if (membersAdded.length + membersRemoved.length > 0) deps.people.forgetRoster();
    },
  };
  return async (activity) => {
    // What is done to a message is heard after the message, however quickly it follows.
    const message = (activity.type === 'messageReaction' ? activity.replyToId : activity.id) ?? '';
    await deps.turns(`heard ${channelOf(activity.conversation.id)}|${message}`, async () => {
      await deps.places.learn(activity);
      await HEARD[activity.type]?.(activity);
    });
  };
}

type Recent = Kept<string>;

async function written(deps: Deps, recent: Recent, activity: Activity): Promise<void> {
  const { people, answer, wishes } = deps;
  const { value } = activity as { readonly value?: unknown };
  if (!activity.text && typeof value === 'object' && value !== null) {
    // Clients that do not know Action.Execute send a message without words.
    const { asker, outcome } = await wishes.pressed(activity, value as Data);
    await answer.give(asker, outcome);
    return;
  }
  const text = await commandIn(people, activity);
  if (text !== null) {
    const { asker, outcome } = await wishes.asked(activity, { type: 'typed', text });
    await answer.give(asker, outcome);
    return;
  }
  const { room } = await askerOf(deps, activity);
  if (room) await say(deps, recent, await saidIn(deps, people, activity, room.id));
}

async function rewritten(deps: Deps, recent: Recent, activity: Activity): Promise<void> {
  if (isPersonal(activity) || (await commandIn(deps.people, activity)) !== null) return;
  const { at, ...of } = await about(deps, activity, activity.id ?? '');
  const text = await wordsOf(deps.people, activity);
  await say(deps, recent, { id: `edited|${of.message.id}|${at}`, ...of, kind: 'edited', text });
}

async function takenBack(deps: Deps, recent: Recent, activity: Activity): Promise<void> {
  if (isPersonal(activity)) return;
  const { at, ...of } = await about(deps, activity, activity.id ?? '');
  await say(deps, recent, { id: `deleted|${of.message.id}|${at}`, ...of, kind: 'deleted' });
}

async function reacted(deps: Deps, recent: Recent, activity: Activity): Promise<void> {
  if (isPersonal(activity)) return;
  const { reactionsAdded = [], reactionsRemoved = [] } = activity;
  const all = [
    ...reactionsAdded.map(({ type }) => ({ type, on: true })),
    ...reactionsRemoved.map(({ type }) => ({ type, on: false })),
  ];
  const { at: _, ...of } = await about(deps, activity, activity.replyToId ?? '');
  for (const { type, on } of all) {
    const emoji = emojiOf(type);
    const id = `${activity.conversation.id}|${activity.id ?? ''}|${type}`;
    const text = recent.get(of.message.id) ?? '';
    if (emoji !== null) await say(deps, recent, { id, ...of, kind: 'reacted', emoji, on, text });
  }
}

/** Somebody began to talk with the bot: they see their own page of it. */
async function installed({ commands, wishes, answer }: Deps, activity: Activity): Promise<void> {
  const home = commands().find((it) => it.isHome);
  if (activity.action !== 'add' || !isPersonal(activity) || !home) return;
  const { asker, outcome } = await wishes.asked(activity, { type: 'saved', command: home.name, args: {} });
  await answer.welcome(asker, outcome, activity.from.id);
}

/** Who did something to which message, and when. */
async function about({ places }: Core, activity: Activity, id: string) {
  const room = { platform: PLATFORM, id: await places.roomOf(activity.conversation.id) };
  const at = activity.timestamp ? activity.timestamp.toISOString() : '';
  return { person: personOf(activity), room, message: messageOf(activity, id), at };
}

async function say(deps: Deps, recent: Recent, said: Said): Promise<void> {
  const place = await deps.places.find(said.room.id);
  // A thread cannot be locked: what is written in it after its end is not carried on.
  if (place?.kind === 'thread' && place.isArchived) return;
  if (said.kind === 'message' || said.kind === 'edited') recent.set(said.message.id, said.text);
  await inboxOf(deps).said(said);
}
