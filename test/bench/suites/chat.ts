import { setTimeout as sleep } from 'node:timers/promises';

import { startProgram, type Program } from '#test/support/program.ts';
import { soon } from '#test/support/soon.ts';

import { acknowledge } from '../acknowledged.ts';
import { changeCards, firstButton, type Rooms } from '../cards.ts';
import { calm, OUTSIDE, startChats, type Chats } from '../chats.ts';
import { percentiles } from '../load.ts';
import type { Place } from '../places.ts';
import { residentMiB } from '../resident.ts';

const INCIDENTS = Number(process.env['BENCH_N'] ?? 20);
const STARTS = Number(process.env['BENCH_STARTS'] ?? 3);
const IDLE_MS = 15_000;
/** Slack opens 20 rooms a minute, and every one is drawn again for each of the others. */
const PATIENCE_MS = 900_000;

export async function chat(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const alone = await startsOf(() => startProgram(place.env));
  const chats = await startChats();
  try {
    await chats.introduce(place);
    const connected = await startsOf(() => chats.start(place));
    const program = await chats.start(place);
    const begun = performance.now();
    const rooms = await openRooms(program, chats);
    const opened = performance.now() - begun;
    const cards = process.env['BENCH_SKIP'] ? null : await changeCards({ program, chats, rooms });
    await program.stop();
    const slow =
      place.databaseUrl === undefined
        ? 'left out'
        : await acknowledge({ place, databaseUrl: place.databaseUrl }, chats, rooms);
    return {
      start: { alone, connected },
      prepared: opened,
      cards,
      slow,
      refused: OUTSIDE.map((it) => chats.fakes[it].measured.refused.slice(0, 5)),
    };
  } finally {
    await chats.stop();
  }
}

/** Until it is ready, in milliseconds; and what it holds when it has nothing to do. */
async function startsOf(start: () => Promise<Program>): Promise<Readonly<Record<string, unknown>>> {
  const times: number[] = [];
  let idleMiB = 0;
  for (let index = 0; index <= STARTS; index += 1) {
    const program = await start();
    // The first one makes the database.
    if (index > 0) times.push(program.startedInMs);
    await sleep(index === STARTS ? IDLE_MS : 1000);
    idleMiB = residentMiB(program.child);
    await program.stop();
  }
  return { startMs: percentiles(times).p50, idleMiB };
}

async function openRooms(program: Program, chats: Chats): Promise<readonly Rooms[]> {
  for (let number = 1; number <= INCIDENTS; number += 1) {
    await program.call('POST', '/api/v1/incidents', {
      title: `Checkout ${number} is slow`,
      severity: 'P2',
      category: 'performance',
      description: '',
    });
  }
  const rooms: Rooms[] = [];
  for (let number = 1; number <= INCIDENTS; number += 1) {
    rooms.push(
      await soon(`the rooms of INC-${number}`, () => roomsOf(program, number), {
        patienceMs: PATIENCE_MS,
        everyMs: 1000,
      }),
    );
  }
  await calm(program, chats, PATIENCE_MS);
  for (const it of OUTSIDE) {
    const fake = chats.fakes[it];
    const missing = rooms.filter(
      (all) => firstButton(fake.messages(fake.people.ana, all[it])) !== 'Acknowledge',
    );
    if (missing.length > 0) throw new Error(`${it} has no card in ${missing.length} rooms`);
  }
  return rooms;
}

async function roomsOf(program: Program, number: number): Promise<Rooms | null> {
  const { body } = await program.call('GET', `/api/v1/incidents/${number}`);
  const { rooms = [] } = body as {
    readonly rooms?: readonly { readonly platform: string; readonly id: string }[];
  };
  const of = (platform: string) => rooms.find((it) => it.platform === platform)?.id ?? '';
  const found = { web: of('web'), slack: of('slack'), teams: of('teams'), discord: of('discord') };
  return Object.values(found).includes('') ? null : found;
}
