import { setTimeout as sleep } from 'node:timers/promises';

import { KEY, type Program } from '#test/support/program.ts';

import { calm, forEach, OUTSIDE, startChats, type Chats, type Outside } from '../chats.ts';
import { watch } from '../live.ts';
import { pace, percentiles } from '../load.ts';
import type { Place } from '../places.ts';
import { alertOf, paged1000, setUpPaging, startProvider } from './paging.ts';

const PER_MINUTE = 1000;
const SECONDS = Number(process.env['BENCH_N'] ?? 60);
/**
 * So many services begin to fail in each minute, and the other alerts repeat what fires: Slack lets an app make 20
 * rooms a minute, so of more than that no program could show the cards in time.
 */
const SERVICES_PER_MINUTE = 15;
/** What one service sends: its first alert, and so many that say the same. */
const EACH = Math.floor(PER_MINUTE / SERVICES_PER_MINUTE);
const LOOK_MS = 4;
const PATIENCE_MS = 60_000;
/** Rates are counted by the minute: what was opened before takes nothing from what is measured. */
const REST_MS = 61_000;

/**
 * A thousand alerts a minute with all four chats connected, at the rates that they allow: from an alert being due to be
 * sent until the page of its incident is handed over, and until the card is there, on each chat by itself. Then
 * a thousand services at once: more rooms than any chat takes, and the pages must not wait for them.
 */
export async function storm(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const chats = await startChats();
  try {
    await chats.introduce(place);
    const cards = await withCards(place, chats);
    const { paged, ...flood } = await paged1000(place.env, {
      run: 'flood',
      seconds: SECONDS,
      start: async (more) => await chats.start(place, more),
    });
    return {
      asked: 'page p99 < 1000 ms, card p95 < 1000 ms on each chat, and no call too many',
      ...cards,
      flood: { ...flood, pagedMs: percentiles(paged) },
    };
  } finally {
    await chats.stop();
  }
}

async function withCards(place: Place, chats: Chats): Promise<Readonly<Record<string, unknown>>> {
  const provider = await startProvider();
  const program = await chats.start(place, { NTFY_URL: provider.url });
  try {
    await setUpPaging(program, alertOf('storm', -1));
    await calm(program, chats);
    await sleep(REST_MS);
    const before = chats.tooMany();
    const services = Math.max(1, Math.round((SERVICES_PER_MINUTE * SECONDS) / 60));
    const wanted = Array.from({ length: services }, (_, index) => index * EACH);
    const outside = forEach((it) => firstCards(chats, it, wanted));
    const page = await watch(program.url);
    const web = wanted.map((index) =>
      page.sees(({ pinned, body }) => pinned && says(body, index), PATIENCE_MS),
    );
    const start = performance.now();
    const sent = await send(program);
    const since = (index: number) => start + (index / PER_MINUTE) * 60_000;
    const took = (times: readonly number[]) => times.map((at, index) => at - since(wanted[index] ?? 0));
    const cards = {
      web: took(await Promise.all(web)),
      slack: took(await outside.slack),
      teams: took(await outside.teams),
      discord: took(await outside.discord),
    };
    page.close();
    const handed = wanted.map((index) => (provider.heard.get(index) ?? Number.NaN) - since(index));
    const after = chats.tooMany();
    return {
      alerts: sent.sent,
      refused: sent.failed,
      answeredMs: { p50: sent.p50, p95: sent.p95, p99: sent.p99 },
      incidents: services,
      notPaged: handed.filter((it) => Number.isNaN(it)).length,
      pagedMs: percentiles(handed.filter((it) => !Number.isNaN(it))),
      cardMs: Object.fromEntries(Object.entries(cards).map(([chat, ms]) => [chat, percentiles(ms)])),
      tooMany: forEach((it) => after[it] - before[it]),
      refusedByChats: OUTSIDE.flatMap((it) => chats.fakes[it].measured.refused.slice(0, 3)),
    };
  } finally {
    await program.stop();
    provider.stop();
  }
}

/** Each service fails once, and goes on about it. */
async function send(program: Program) {
  return await pace({
    url: `${program.url}/api/v1/events`,
    headers: { 'x-api-key': KEY },
    rate: PER_MINUTE / 60,
    seconds: SECONDS,
    connections: 50,
    body: (index) => alertOf('storm', index - (index % EACH), `storm-${index}`),
    accepted: (status) => status === 202,
  });
}

function says(what: unknown, index: number): boolean {
  const text = JSON.stringify(what ?? '');
  return text.includes(`Service ${index} is down`) && text.includes('Severity');
}

/** When, on the clock of `performance`, the chat had taken the card of each: as soon as its answer was seen to be given. */
async function firstCards(
  { fakes }: Chats,
  platform: Outside,
  wanted: readonly number[],
): Promise<readonly number[]> {
  const { calls } = fakes[platform].measured;
  const found = new Map<number, number>();
  const waiting = new Set<(typeof calls)[number]>();
  let read = calls.length;
  let deadline = Infinity;
  while (found.size < wanted.length && performance.now() < deadline) {
    // The alerts themselves take their minute; who waits longer than this after them waits in vain.
    if (read < calls.length && deadline === Infinity) {
      deadline = performance.now() + SECONDS * 1000 + PATIENCE_MS;
    }
    for (; read < calls.length; read += 1) {
      const call = calls[read];
      if (call && /post|POST|activities|messages/i.test(call.method)) waiting.add(call);
    }
    for (const call of waiting) {
      if (call.status === 0) continue;
      waiting.delete(call);
      if (call.status >= 300) continue;
      const index = wanted.find((it) => !found.has(it) && says(call.body, it));
      if (index !== undefined) found.set(index, performance.now());
    }
    await sleep(LOOK_MS);
  }
  return wanted.map((it) => found.get(it) ?? Number.NaN);
}
