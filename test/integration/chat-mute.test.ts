import { afterEach, beforeEach, describe, expect } from 'vitest';

import { viewOf } from '#src/chat/card-view.ts';
import { card } from '#src/chat/card.ts';
import { plainMessage } from '#src/chat/message.ts';
import { tellMuter } from '#src/chat/mute-tell.ts';
import { eventsOf } from '#src/db/events.ts';
import { keepHouse } from '#src/db/housekeeping.ts';
import { listIncidents } from '#src/db/incident-list.ts';
import { activeMutes } from '#src/db/mutes.ts';
import { savePolicy } from '#src/db/on-call.ts';
import { receiptsOf } from '#src/db/pages.ts';
import type { Db } from '#src/db/schema.ts';
import { escalate } from '#src/engine/escalation.ts';
import { mute, muteOver, unmute } from '#src/engine/mute.ts';
import { describe as told } from '#src/incident/timeline.ts';
import { Talk } from '#test/support/chat.ts';
import { addPerson, engineContext } from '#test/support/context.ts';
import { test } from '#test/support/database.ts';
import { about, ended, setUp } from '#test/support/ingesting.ts';
import { ana as anaTarget, level, policy } from '#test/support/paging.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { test as reactingTest, comesTrue } from '#test/support/reacting.ts';

let talk: Talk;

const MINUTE = 60_000;

interface Sent {
  readonly fires: (key: string, severity?: 'P0' | 'P2') => Promise<number | null>;
  readonly ends: (key: string) => Promise<void>;
  /** What the program does by itself when the time of a mute has come. */
  readonly endMutes: () => Promise<void>;
}

/** Alerts of the service search, at the time of the talk. */
function sender(db: Db): Sent {
  const { take } = setUp(db, { clock: talk.clock });
  const search = { service: 'search', resource: null } as const;
  return {
    fires: async (key, severity = 'P2') => {
      const [result] = await take([about(key, { ...search, severity, originalSeverity: severity })]);
      return result?.incident ?? null;
    },
    ends: async (key) => void (await take([ended(key, search)])),
    endMutes: async () => {
      const ctx = engineContext(db, { clock: talk.clock });
      const all = await db.selectFrom('mutes').select('id').execute();
      for (const { id } of all) {
        await muteOver(ctx, id, tellMuter);
        await muteOver(ctx, id, tellMuter);
      }
    },
  };
}

async function opened(db: Db): Promise<number[]> {
  const viewer = { id: null, role: 'admin' } as const;
  const found = await listIncidents(db, { viewer, sort: 'created_at', order: 'asc', limit: 20, offset: 0 });
  return found.incidents.map(({ number }) => number).filter((it) => it > 1);
}

describe('a mute', () => {
  beforeEach<{ db: Db }>(async ({ db }) => {
    talk = new Talk(db);
    await talk.begin();
  });

  afterEach(() => {
    expect(talk.logged).toEqual([]);
  });

  test('keeps alerts from opening an incident, counts them, and lets what fires still open one at its end', async ({
    db,
  }) => {
    const { fires, ends, endMutes } = sender(db);
    const said = await talk.types('ana', 'mute search 2h because deploy');
    expect(said.text).toContain('Alerts of the service search are muted until 2026-03-01 10:00 UTC: deploy.');
    expect(said.visible).toBe('room');
    expect(said.text).toContain('P0 and P1 break through.');
    expect(await fires('a')).toBeNull();
    expect(await fires('a')).toBeNull();
    expect(await fires('b')).toBeNull();
    await ends('b');
    await endMutes();
    expect(await opened(db)).toEqual([]);
    expect((await talk.types('vi', 'mute list')).text).toContain(
      'the service search until 2026-03-01 10:00 UTC, by Ana: deploy. 3 messages silenced',
    );
    talk.clock.advance(120 * MINUTE);
    expect(await activeMutes(db, talk.clock.now())).toEqual([]);
    await endMutes();
    expect(await opened(db)).toEqual([2]);
    const events = await eventsOf(db, 2);
    expect(events.map((it) => told(it)).join('\n')).toContain(
      '1 alert of it fired while the service search was muted, and still fired when that ended.',
    );
    expect(await fires('b')).toBe(2);
    await ends('a');
    await ends('b');
    expect((await viewOf(db, 2, '', talk.clock.now())).alerts).toMatchObject({ firing: 0, total: 2 });
  });

  test('lets what is critical through, unless it says otherwise', async ({ db }) => {
    const { fires } = sender(db);
    await talk.types('ana', 'mute search 2h');
    expect(await fires('a', 'P0')).toBe(2);
    await talk.types('ana', 'resolve INC-2');
    await talk.types('ana', 'close INC-2');
    expect((await talk.types('ana', 'mute search 30m --even-critical')).text).toContain(
      'Critical ones are silent too.',
    );
    expect(await fires('b', 'P0')).toBeNull();
    expect((await talk.types('ana', 'mute list')).buttons).toHaveLength(1);
  });

  test('is ended by hand, which opens what fires still, and is then no more', async ({ db }) => {
    const { fires, endMutes } = sender(db);
    const made = await talk.types('ana', 'mute label:team=search until 14:00');
    expect(made.text).toContain('No alert of it has come yet: look whether the name is right.');
    expect((await talk.types('bo', 'unmute search')).text).toContain(
      'search is not muted. Muted is the label team=search.',
    );
    expect((await talk.presses('bo', made.button('Unmute'))).text).toContain(
      'the label team=search is heard again. Nothing was silenced.',
    );
    expect((await talk.presses('bo', made.button('Unmute'))).text).toContain('Nothing is muted.');
    await talk.types('ana', 'mute rule:HighLatency 1h');
    const { take } = setUp(db, { clock: talk.clock });
    await take([about('c', { rule: 'HighLatency', service: 'search', resource: null, severity: 'P3' })]);
    expect(await opened(db)).toEqual([]);
    expect((await talk.types('bo', 'unmute rule:highlatency')).text).toContain('1 message');
    await endMutes();
    expect(await opened(db)).toEqual([2]);
    expect(await fires('c')).toBe(2);
  });

  test('of an incident is for its own alerts, and stands in its timeline and on its card', async ({ db }) => {
    const { fires, ends, endMutes } = sender(db);
    expect(await fires('a')).toBe(2);
    expect((await talk.types('ana', 'mute INC-1 30m')).text).toContain(
      'INC-1 is P1, and what is critical breaks through a mute. Add --even-critical if you mean it.',
    );
    await talk.types('ana', 'mute INC-2 30m because of a noisy probe');
    const view = await viewOf(db, 2, 'http://x', talk.clock.now());
    expect(plainMessage(card(view))).toContain('Alerts muted until: 2026-03-01 08:30 UTC');
    expect((await talk.types('vi', 'timeline INC-2')).text).toContain(
      'Ana muted its alerts until 2026-03-01 08:30 UTC: a noisy probe.',
    );
    expect(await fires('d')).toBeNull();
    await talk.types('ana', 'resolve INC-2');
    await talk.types('ana', 'close INC-2');
    await ends('a');
    talk.clock.advance(30 * MINUTE);
    await endMutes();
    expect(await opened(db)).toEqual([2, 3]);
  });

  test('of an incident that is made shorter ends the silence of who is paged for it then', async ({ db }) => {
    await db.transaction().execute(async (tx) => {
      const rests = policy({ levels: [level({ targets: [anaTarget] })] });
      await savePolicy(tx, rests, talk.clock.now());
    });
    const { endMutes } = sender(db);
    const look = async () => await escalate(engineContext(db, { clock: talk.clock }), 1);
    const pages = async () => (await receiptsOf(db, { incident: 1, limit: 9 })).length;
    await look();
    await talk.types('ana', 'mute INC-1 6h --even-critical');
    await talk.types('ana', 'mute INC-1 30m --even-critical');
    talk.clock.advance(30 * MINUTE);
    await endMutes();
    await look();
    expect(await pages()).toBe(2);
    await talk.types('ana', 'mute INC-1 6h --even-critical');
    await talk.types('ana', 'mute INC-1 1h --even-critical');
    await talk.types('ana', 'unmute INC-1');
    talk.clock.advance(1000);
    await look();
    expect(await pages()).toBe(3);
  });

  test('is refused for longer than seven days, for a time that is over, and for what is over', async () => {
    const says = async (text: string) => (await talk.types('ana', text)).text;
    expect(await says('mute search 8d')).toContain('Mute it for at most 7 days');
    expect(await says('mute search until 2026-02-01 10:00')).toContain('That time is over.');
    await says('close INC-1');
    expect(await says('mute INC-1 1h')).toContain('so there is nothing to mute.');
    expect(await says('mute label:x 1h')).toContain('Say the label and its value');
  });
});

describe('at its end', () => {
  reactingTest('a mute tells who made it what became of it', async ({ db, reacting }) => {
    const ana = await addPerson(db, 'ana');
    const web = new PlainPlatform('web');
    const bot = await reacting([web]);
    const { take } = setUp(db, { clock: bot.clock });
    const what = { kind: 'service', name: 'search', value: null, incident: null } as const;
    const until = new Date(bot.clock.now().getTime() + 3000);
    await mute({ ...bot.ctx, actor: ana }, { what, until, reason: null, evenCritical: false });
    await take([about('a', { service: 'search', resource: null, severity: 'P3' })]);
    expect(web.directs).toEqual([]);
    await bot.passUntil(() => {
      expect(web.directs.map(({ to, text }) => [to, text])).toEqual([
        [
          'ana',
          'The time for which the service search was muted is over. 1 message of alerts was silenced. 1 alert fired still: see INC-1.',
        ],
      ]);
    });
    await comesTrue(() => {
      expect(web.said(web.of(1)).join('\n')).toContain('still fired when that ended');
    });
  });

  test('all that many senders send is heard, and none of them waits for ever', async ({ db }) => {
    const { ctx, clock, take } = setUp(db);
    const what = { kind: 'label', name: 'region', value: 'eu', incident: null } as const;
    const until = new Date(clock.now().getTime() + MINUTE);
    const { id } = await mute(ctx, { what, until, reason: null, evenCritical: true });
    const alerts = Array.from({ length: 90 }, (_, index) =>
      about(`k${index}`, { service: `s${index}`, labels: { region: 'eu' } }),
    );
    const batches = Array.from({ length: 30 }, (_, index) => alerts.slice(index * 3, index * 3 + 3));
    await Promise.all(batches.slice(0, 20).map(take));
    await Promise.all([...batches.slice(20).map(take), unmute(ctx, id)]);
    await muteOver(ctx, id, async () => {});
    expect(await db.selectFrom('alerts').select('service').where('incident', 'is', null).execute()).toEqual(
      [],
    );
  });

  test('what is over by the time it is to be heard again opens nothing', async ({ db }) => {
    const { ctx, clock, take } = setUp(db);
    const what = { kind: 'service', name: 'search', value: null, incident: null } as const;
    const until = new Date(clock.now().getTime() + MINUTE);
    const { id } = await mute(ctx, { what, until, reason: null, evenCritical: true });
    const search = { service: 'search', resource: null } as const;
    await take([about('a', search)]);
    clock.advance(MINUTE);
    // It ends after it was looked up and before it is heard again.
    await take([ended('a', search)]);
    const [heard] = await take([
      { ...about('a', search), unmuted: { mute: id, what: 'the service search' } },
    ]);
    expect(heard).toMatchObject({ incident: null });
    expect(await db.selectFrom('alerts').select(['state', 'incident']).execute()).toEqual([
      { state: 'resolved', incident: null },
    ]);
  });

  test('that two people ask for at once is one, and its end comes also where its timer was lost', async ({
    db,
  }) => {
    const { ctx, clock, take } = setUp(db);
    const what = { kind: 'service', name: 'search', value: null, incident: null } as const;
    const until = new Date(clock.now().getTime() + MINUTE);
    const asked = { what, until, reason: null, evenCritical: true };
    const made = await Promise.all([mute(ctx, asked), mute(ctx, asked), mute(ctx, asked)]);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    await take([about('a', { service: 'search', resource: null })]);
    const timers = async () =>
      (await db.selectFrom('timers').select(['kind', 'dueAt']).where('kind', '=', 'mute-end').execute()).map(
        ({ dueAt }) => dueAt,
      );
    await db.deleteFrom('timers').execute();
    // Its time has not come: whoever looked was sent by a clock that went back.
    await muteOver(ctx, made[0].id, async () => {});
    expect(await timers()).toEqual([until]);
    clock.advance(2 * MINUTE);
    await db.deleteFrom('timers').execute();
    await keepHouse(db, clock.now(), 90);
    expect(await timers()).toEqual([until]);
  });
});
