import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ProviderError, UserError } from '#src/errors.ts';
import { cleanLine } from '#src/incident/text.ts';
import { CHANNEL_NAMES, NOTICE_KINDS, type Channel, type Notice } from '#src/notify/channel.ts';
import { makeChannels } from '#src/notify/channels/index.ts';
import { HOSTILE_STRINGS } from '#test/support/hostile-strings.ts';
import { ACK_URL, NOW, page, PAGE_URL } from '#test/support/notify/notices.ts';
import { PLACES, type Place } from '#test/support/notify/places.ts';

/** What each status means, unless the provider means something else by it. */
const STATUSES: readonly (readonly [number, 'retry' | 'stop' | 'gone'])[] = [
  [301, 'stop'],
  [307, 'stop'],
  [400, 'stop'],
  [401, 'stop'],
  [403, 'stop'],
  [404, 'stop'],
  [408, 'retry'],
  [409, 'stop'],
  [410, 'stop'],
  [413, 'stop'],
  [415, 'stop'],
  [422, 'stop'],
  [425, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [501, 'stop'],
  [502, 'retry'],
  [503, 'retry'],
  [504, 'retry'],
  [529, 'retry'],
];

/** SMTP has replies of its own: 4xx is for another time, 5xx for ever. */
const REPLIES: typeof STATUSES = [
  [421, 'retry'],
  [450, 'retry'],
  [451, 'retry'],
  [452, 'retry'],
  [550, 'stop'],
  [552, 'stop'],
  [554, 'stop'],
];

it('there is a place to try every channel at, and a file for it', async () => {
  const files = await readdir(path.join(import.meta.dirname, '../../src/notify/channels'));
  expect(PLACES.map((it) => it.name)).toEqual(CHANNEL_NAMES);
  expect(CHANNEL_NAMES.map((it) => `${it}.ts`)).toEqual(files.filter((it) => it !== 'index.ts').toSorted());
});

it('without any setting there are the channels whose addresses say it all', () => {
  const nothing = {
    email: undefined,
    twilio: undefined,
    opsgenie: undefined,
    push: undefined,
    ntfy: undefined,
  };
  const pagerduty = { eventsUrl: 'https://events.pagerduty.com/v2/enqueue' };
  const made = makeChannels({ ...nothing, pagerduty, allowPrivate: false }, { secret: 's', now: () => NOW });
  expect(made.map((it) => it.name)).toEqual(['pagerduty', 'webhook']);
});

describe.each(PLACES)('$name', (described) => {
  const { name, good, bad, special, afterRepeat, hasLines, drawn = (it: string) => it } = described;
  let place: Place;
  let channel: Channel;
  const send = async (notice: Notice, key = 'order-1', more: { triedAt?: Date; signal?: AbortSignal } = {}) =>
    await channel.send({
      to: channel.parse(place.address),
      notice,
      key,
      signal: AbortSignal.timeout(20_000),
      ...more,
    });

  beforeEach(async () => {
    place = await described.start();
    channel = place.make();
  });
  afterEach(async () => await place.close());

  it('tells the one person, once', async () => {
    const sent = await send(page());
    const seen = await place.seen();
    expect(seen).toHaveLength(1);
    expect(seen[0]?.text).toContain('checkout is down');
    expect(seen[0]?.text).toContain('42');
    expect(channel.parse(place.address)).toContain(seen[0]?.to);
    if (name !== 'push') expect(sent.providerId).toMatch(/\S/);
  });

  it.each(NOTICE_KINDS)('can say a notice of kind %s, with and without an incident', async (kind) => {
    await send(page({ kind, ack: null }), 'with');
    await send(page({ kind, incident: null, ack: null, about: 'a shift', urgency: 'low' }), 'without');
    // To those that keep a state of their own, these two say how it ends; there is nothing to show.
    const isEnd = kind === 'acknowledged' || kind === 'resolved';
    const shows = isEnd && channel.limits.acknowledges === 'there' ? 0 : 2;
    expect(await place.seen()).toHaveLength(shows);
  });

  it('gives a way to acknowledge exactly where there is something to acknowledge', async () => {
    await send(page({ ack: null, incident: null, about: 'one' }), 'one');
    await send(page({ incident: null, about: 'two' }), 'two');
    const [without, withAck] = await place.seen();
    const ways: Record<Channel['limits']['acknowledges'], boolean> = {
      link: Object.values(withAck?.links ?? {}).includes(ACK_URL),
      reply: withAck?.text.includes('Reply ACK 42') === true,
      key: withAck?.text.includes('Press 1') === true,
      there: true,
      no: true,
    };
    expect(ways[channel.limits.acknowledges]).toBe(true);
    expect(without?.text).not.toMatch(/\bACK\b|Press 1/);
    expect(Object.values(without?.links ?? {})).toEqual([]);
  });

  it('shows the words of strangers as words', async () => {
    // The mail server lets everybody wait for a tenth of a second, which is good against spam.
    const each = name === 'email' ? 25 : 10;
    const subjects = name === 'email' ? HOSTILE_STRINGS.filter((_, at) => at % each === 0) : HOSTILE_STRINGS;
    for (const [at, subject] of subjects.entries()) {
      const lines = HOSTILE_STRINGS.slice(at * each, at * each + each);
      await send(page({ subject, lines, incident: null, ack: null, about: `${at}` }), `${at}`);
    }
    const seen = await place.seen();
    expect(seen).toHaveLength(subjects.length);
    for (const [at, it] of seen.entries()) {
      expect(it.text).toContain(drawn(cleanLine(subjects[at] ?? '', 100)));
      const lines = hasLines ? HOSTILE_STRINGS.slice(at * each, at * each + each) : [];
      for (const line of lines) expect(it.text).toContain(cleanLine(line, 100));
      if (name !== 'sms') expect(it.links).toEqual({});
    }
  });

  it('bears what is no text: control characters, half characters, line breaks that would begin a header', async () => {
    const subject = 'a\r\nBcc: eve@example.com\u0000\u001b[31m\u202Eb\uD800 \uFFFE\u0085c';
    await send(page({ subject, lines: [subject, ''], incident: null, ack: null }));
    const [seen] = await place.seen();
    expect(seen?.text).toContain('a Bcc: eve@example.com');
    // eslint-disable-next-line no-control-regex
    expect(seen?.text).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202E]/);
    expect(seen?.text.isWellFormed()).toBe(true);
    expect(seen?.to).not.toContain('eve');
  });

  it('cuts what is too long and keeps the link and the way to acknowledge', async () => {
    const notice = page({
      subject: 'é🔥 checkout '.repeat(1000),
      lines: Array(500).fill('&<"é🔥 '.repeat(200)),
    });
    await send(notice);
    const [seen] = await place.seen();
    expect(seen?.text).toContain('checkout');
    expect(seen?.text).toContain('42');
    expect(seen?.text).toMatch(/…|\.\.\./);
    if (name !== 'voice') expect(Object.values(seen?.links ?? {})).toContain(PAGE_URL);
  });

  it.each(name === 'email' ? REPLIES : STATUSES)('knows what %i means', async (status, usual) => {
    place.next({ status });
    const error = await refusalOf(send(page()));
    const meant = special[status] ?? usual;
    expect(error.retry).toBe(meant === 'retry');
    expect(error.gone).toBe(meant === 'gone' ? 'person' : undefined);
    expect(error.provider).toBe(name);
    expect(await place.seen()).toEqual([]);
    for (const secret of place.secrets) expect(error.message).not.toContain(secret);
  });

  it('believes nobody on the way who answers in the place of the provider', async () => {
    // A mail server and a receiver give no name to what they take; a push service says so in a header alone.
    const namesIt = !['email', 'push', 'webhook'].includes(name);
    place.next(
      namesIt ? { status: 200, body: '<html>Please sign in to this network</html>' } : { drop: 'before' },
    );
    expect((await refusalOf(send(page()))).retry).toBe(true);
  });

  it('comes back when it is told to, and waits for no more than five minutes', async () => {
    if (name === 'email') return expect(channel.limits.acknowledges).toBe('link');
    const date = 'Thu, 04 Mar 2027 05:06:07 GMT';
    const said = [
      ['7', 7000],
      ['86400', 300_000],
      ['Thu, 04 Mar 2027 05:06:27 GMT', 20_000],
      ['soon', undefined],
    ] as const;
    for (const [after, ms] of said) {
      place.next({ status: 429, headers: { 'retry-after': after, date } });
      expect((await refusalOf(send(page()))).retryAfterMs).toBe(ms);
    }
  });

  it('tries again when the connection breaks, before or after it was heard', async () => {
    for (const drop of ['before', 'after'] as const) {
      place.next({ drop });
      expect((await refusalOf(send(page()))).retry).toBe(true);
    }
  });

  it('does not wait for ever', async () => {
    channel = place.make(150);
    place.next({ delayMs: 2000 });
    const error = await refusalOf(send(page()));
    expect(error.message).toContain('no answer within 150 ms');
    expect(error.retry).toBe(true);
  });

  it('stops at once when it is cut off, and says by whom', async () => {
    const why = new Error('given back');
    await expect(send(page(), 'one', { signal: AbortSignal.abort(why) })).rejects.toBe(why);
    expect(await place.seen()).toEqual([]);
    place.next({ delayMs: 2000 });
    const abort = new AbortController();
    const [outcome] = await Promise.all([
      send(page(), 'two', { signal: abort.signal }).catch((error: unknown) => error),
      sleep(100).then(() => abort.abort(why)),
    ]);
    expect(outcome).toBe(why);
  });

  it('says truly what a repeat comes to', async () => {
    await send(page());
    await send(page());
    const seen = await place.seen();
    expect(seen).toHaveLength(afterRepeat);
    const once: Record<Channel['onRepeat'], boolean> = {
      once: true,
      replaces: true,
      // What the receiver makes of the mark is up to them.
      marked: name === 'webhook',
      again: false,
    };
    expect(seen.length === 1).toBe(once[channel.onRepeat]);
  });

  it('takes addresses as people write them, and keeps them in one form', () => {
    for (const [typed, kept] of good) {
      expect(channel.parse(typed)).toBe(kept);
      expect(channel.parse(kept)).toBe(kept);
    }
    expect(channel.parse(channel.parse(place.address))).toBe(channel.parse(place.address));
  });

  it('refuses what is no address, in a sentence', () => {
    for (const address of bad) {
      const refused = problemOf(() => channel.parse(address));
      expect([address, refused instanceof UserError]).toEqual([address, true]);
      expect(String(refused)).toMatch(/[.]$/);
    }
  });
});

async function refusalOf(sending: Promise<unknown>): Promise<ProviderError> {
  const error = await sending.then(
    () => null,
    (it: unknown) => it,
  );
  if (error instanceof ProviderError) return error;
  throw new Error(`expected a ProviderError, got ${String(error)}`, { cause: error });
}

function problemOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
