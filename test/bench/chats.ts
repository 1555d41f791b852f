import { setTimeout as sleep } from 'node:timers/promises';

import { migrate } from '#src/db/migrate.ts';
import { openDatabase } from '#src/db/open.ts';
import { linkIdentity, savePerson } from '#src/db/people.ts';
import type { PersonId } from '#src/incident/person.ts';
import { startFakeDiscord } from '#test/support/discord/fake.ts';
import type { FakePerson, FakePlatform } from '#test/support/fake-platform.ts';
import { KEY, startProgram, type Program } from '#test/support/program.ts';
import { startFakeSlack } from '#test/support/slack/fake.ts';
import { startFakeTeams } from '#test/support/teams/fake.ts';

import type { Place } from './places.ts';

export const OUTSIDE = ['slack', 'teams', 'discord'] as const;
export type Outside = (typeof OUTSIDE)[number];
export const WHO = ['ana', 'bo', 'cy'] as const;
export type Who = (typeof WHO)[number];

/** Slack, Teams and Discord as they are in tests, with their rate limits as they are in earnest. */
export interface Chats {
  readonly fakes: Readonly<Record<Outside, FakePlatform>>;
  /** Ana, Bo and Cy are known there, before the program starts. */
  introduce(place: Place): Promise<void>;
  /** The program with all three configured, and connected to them. */
  start(place: Place, more?: Readonly<Record<string, string>>): Promise<Program>;
  /** Somebody puts away the form or the answer that their app shows in front of everything else. */
  closes(platform: Outside, who: Who): void;
  /** How often the program called more than a platform allows. */
  tooMany(): Readonly<Record<Outside, number>>;
  stop(): Promise<void>;
}

export async function startChats(): Promise<Chats> {
  let url = '';
  const appUrl = () => url;
  const [slack, teams, discord] = await Promise.all([
    startFakeSlack({ appUrl }),
    startFakeTeams({ appUrl }),
    startFakeDiscord(),
  ]);
  const fakes = { slack, teams, discord };
  return {
    fakes,
    introduce: async (place) => await introduce(place, discord.people),
    async start(place, more = {}) {
      const env = Object.assign({}, place.env, ...OUTSIDE.map((it) => fakes[it].env), more) as Place['env'];
      const program = await startProgram({ ...env, REQUESTS_PER_MINUTE: '100000' });
      url = program.url;
      await teams.installed();
      return program;
    },
    closes: (platform, who) => {
      if (platform === 'slack') slack.closes(slack.people[who]);
    },
    tooMany: () => forEach((it) => fakes[it].measured.tooMany.length),
    stop: async () => void (await Promise.all(OUTSIDE.map((it) => fakes[it].stop()))),
  };
}

export function forEach<T>(of: (platform: Outside) => T): Readonly<Record<Outside, T>> {
  return { slack: of('slack'), teams: of('teams'), discord: of('discord') };
}

/** Slack and Teams tell e-mail addresses; on Discord people have linked themselves. */
async function introduce(place: Place, onDiscord: Readonly<Record<Who, FakePerson>>): Promise<void> {
  const { db, close } = await openDatabase(place);
  try {
    await migrate(db);
    for (const who of WHO) {
      const id = who as string as PersonId;
      const { name } = onDiscord[who];
      const person = {
        id,
        name,
        email: `${who}@example.com`,
        role: 'responder',
        timezone: 'UTC',
        active: true,
      };
      await savePerson(db, person as Parameters<typeof savePerson>[1], new Date());
      await linkIdentity(db, 'discord', onDiscord[who].id, id);
    }
  } finally {
    await close();
  }
}

/** Nothing waits or runs, and no platform was called, for so many milliseconds. */
const CALM_MS = 3000;

/** Waits until the program has done all that it has to do. */
export async function calm(program: Program, { fakes }: Chats, patienceMs = 600_000): Promise<void> {
  const deadline = performance.now() + patienceMs;
  let since = performance.now();
  let before = '';
  while (performance.now() - since < CALM_MS) {
    if (performance.now() > deadline) throw new Error(`the program did not come to rest: ${before}`);
    const { ready, delayed, running } = await waiting(program);
    const now = JSON.stringify([
      ready,
      delayed,
      running,
      OUTSIDE.map((it) => fakes[it].measured.calls.length),
    ]);
    if (now !== before || ready + delayed + running > 0) since = performance.now();
    before = now;
    await sleep(250);
  }
}

/** Jobs by what they are doing; `dead` are those that were given up. */
export async function waiting(
  program: Program,
): Promise<Record<'ready' | 'delayed' | 'running' | 'dead', number>> {
  const text = await (await fetch(`${program.url}/metrics`, { headers: { 'x-api-key': KEY } })).text();
  const depth = (lane: string) =>
    Number(new RegExp(`queue_depth{lane="${lane}"} (\\d+)`).exec(text)?.[1] ?? 0);
  return { ready: depth('ready'), delayed: depth('delayed'), running: depth('running'), dead: depth('dead') };
}
