import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { MessagesView, MessageView } from '#adapters/web/protocol.ts';
import type { SeenMessage } from '#test/support/fake-platform.ts';
import type { Program } from '#test/support/program.ts';
import { httpWire } from '#test/support/web-wire.ts';

import { calm, forEach, OUTSIDE, WHO, type Chats, type Outside } from './chats.ts';
import { watch, type Watcher } from './live.ts';
import { percentiles } from './load.ts';

const PLATFORMS = ['web', ...OUTSIDE] as const;
/** By platform, the id of an incident's room there. */
export type Rooms = Readonly<Record<(typeof PLATFORMS)[number], string>>;

/** Presses that change every card, and the first button of the card that comes of it. */
const ROUNDS = [
  ['Acknowledge', 'Start'],
  ['Start', 'Resolve'],
  ['Escalate', 'Start'],
] as const;
/** Rates are counted by the minute: what came before takes nothing from what is measured. */
const REST_MS = 61_000;
const PATIENCE_MS = 60_000;
const LOOK_MS = 5;

interface Parts {
  readonly program: Program;
  readonly chats: Chats;
  /** Of each incident. */
  readonly rooms: readonly Rooms[];
}

/**
 * Buttons of all incidents pressed at once, spread over the platforms: how long until
 * each card on each platform shows what came of it. By platform, in milliseconds.
 */
export async function changeCards(parts: Parts): Promise<Readonly<Record<string, unknown>>> {
  const before = parts.chats.tooMany();
  const rounds: Readonly<Record<keyof Rooms, readonly number[]>>[] = [];
  const page = await watch(parts.program.url);
  for (const [label, next] of ROUNDS) {
    await sleep(REST_MS);
    rounds.push(await pressAll({ ...parts, page }, label, next));
    await calm(parts.program, parts.chats);
  }
  page.close();
  const after = parts.chats.tooMany();
  // In the first round people are looked up on their platforms, and the code is new to the machine.
  const [first, ...warm] = rounds;
  const changed = forEachPlatform((it) => percentiles(warm.flatMap((round) => round[it])));
  return {
    asked: 'p95 < 1000 ms on each platform, and no call too many',
    incidentsAtOnce: parts.rooms.length,
    rounds: ROUNDS.map(([label]) => label),
    firstRoundMs: first && forEachPlatform((it) => percentiles(first[it])),
    changedMs: changed,
    slowestOfEachRoundMs: rounds.map((it) => Math.round(Math.max(...Object.values(it).flat()))),
    tooMany: forEach((it) => after[it] - before[it]),
  };
}

function forEachPlatform<T>(of: (platform: keyof Rooms) => T): Record<keyof Rooms, T> {
  return { web: of('web'), slack: of('slack'), teams: of('teams'), discord: of('discord') };
}

async function pressAll(
  { program, chats, rooms, page }: Parts & { readonly page: Watcher },
  label: string,
  next: string,
): Promise<Record<keyof Rooms, readonly number[]>> {
  const presses = await Promise.all(
    rooms.map((all, index) => readyToPress({ program, chats, all, index, label })),
  );
  const isNew = (it: MessageView) => it.pinned && buttonsOf(it)[0]?.label === next;
  const start = performance.now();
  const web = Promise.all(
    rooms.map((all) => page.sees((it) => it.room === all.web && isNew(it), PATIENCE_MS)),
  );
  const outside = forEach((it) =>
    shown(
      chats,
      it,
      rooms.map((all) => all[it]),
      next,
    ),
  );
  await Promise.all(presses.map((press) => press()));
  const since = async (times: Promise<readonly number[]>) => (await times).map((at) => at - start);
  return {
    web: await since(web),
    slack: await since(outside.slack),
    teams: await since(outside.teams),
    discord: await since(outside.discord),
  };
}

interface Wanted extends Omit<Parts, 'rooms'> {
  readonly all: Rooms;
  readonly index: number;
  readonly label: string;
}

/** The finger is on the button: all that is left is to press it. */
async function readyToPress({ program, chats, all, index, label }: Wanted): Promise<() => Promise<void>> {
  const on = PLATFORMS[index % PLATFORMS.length] ?? 'web';
  const who = WHO[Math.floor(index / PLATFORMS.length) % WHO.length] ?? 'ana';
  if (on !== 'web') {
    const fake = chats.fakes[on];
    return async () => await fake.presses(fake.people[who], all[on], label);
  }
  const wire = httpWire(() => program.url);
  const { body } = await wire.request(who, 'GET', `/web/rooms/${all.web}/pins`);
  for (const message of (body as MessagesView).messages) {
    const button = buttonsOf(message).find((it) => it.label === label);
    if (!button) continue;
    const press = { id: randomUUID(), ...button };
    return async () => {
      const answer = await wire.request(who, 'POST', `/web/messages/${message.id}/press`, press);
      if (answer.status >= 300) throw new Error(`refused: ${JSON.stringify(answer)}`);
    };
  }
  throw new Error(`${who} sees no ${label} in ${all.web}`);
}

function buttonsOf({ body }: MessageView): readonly { part: number; button: number; label: string }[] {
  if (body.type !== 'message') return [];
  return body.message.parts.flatMap((it, part) =>
    it.type === 'buttons' ? it.buttons.map(({ label }, button) => ({ part, button, label })) : [],
  );
}

/**
 * When, on the clock of `performance`, the card in each room has this button first. Looked at
 * whenever the platform has answered a call, so that looking costs it little.
 */
async function shown(
  { fakes }: Chats,
  platform: Outside,
  rooms: readonly string[],
  next: string,
): Promise<readonly number[]> {
  const fake = fakes[platform];
  const times = new Map<string, number>();
  const deadline = performance.now() + PATIENCE_MS;
  let answered = 0;
  while (times.size < rooms.length) {
    if (performance.now() > deadline) {
      throw new Error(`${rooms.length - times.size} cards on ${platform} did not change`);
    }
    const now = fake.measured.calls.filter(({ status }) => status > 0).length;
    if (now > answered) {
      for (const room of rooms) {
        if (!times.has(room) && firstButton(fake.messages(fake.people.ana, room)) === next) {
          times.set(room, performance.now());
        }
      }
    }
    answered = now;
    await sleep(LOOK_MS);
  }
  return rooms.map((it) => times.get(it) ?? Number.NaN);
}

/** Of the card: the bot's message that says how bad it is and where it stands. */
export function firstButton(messages: readonly SeenMessage[]): string | undefined {
  return messages.find(({ author, text }) => author === 'bot' && /Severity/.test(text) && /Status/.test(text))
    ?.buttons[0];
}
