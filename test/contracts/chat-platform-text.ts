import { expect } from 'vitest';

import {
  bold,
  code,
  link,
  moment,
  person,
  say,
  withTone,
  type Message,
  type Tone,
} from '#src/chat/message.ts';

import { BUTTON, ofBot, read, ROOM, type SeenTest } from './chat-platform-seen.ts';

/** Every part of a message is drawn, and says what it was meant to say. */
export function textContract(it: SeenTest): void {
  it('draws every part of a message', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.invite(room, [seen.ana, seen.bo]);
    await seen.platform.post(room, everyPart(seen.bo.id), { key: 'k1' });
    const shown = (await seen.inRoom(seen.ana, room)).at(-1);
    const text = read(shown?.text ?? '');
    const words = [
      'INC-1 Checkout is down',
      'Opened by',
      'see the dashboard or run kubectl',
      'Impact',
      'nobody can pay',
      'Severity',
      'P1',
      'first thing',
      'second thing',
      'error: pool exhausted\n  at line 7',
      'says Alertmanager',
    ];
    for (const one of words) expect(text).toContain(read(one));
    for (const [at, one] of words.entries()) {
      if (at > 0) expect(text.indexOf(read(one))).toBeGreaterThan(text.indexOf(read(words[at - 1] ?? '')));
    }
    expect(text).not.toMatch(/<t:|<!date|\{\{DATE|\{\{TIME|<@|\*\*|\[object/);
    expect(shown?.links.map((one) => one.replace(/\/$/, ''))).toContain('https://grafana.example/d/1');
    expect(shown?.notified).toEqual([seen.bo.id]);
    expect(shown?.buttons).toEqual(['Acknowledge', 'Resolve']);
    expect(shown?.options).toEqual(['Payments', 'Search']);
    expect(seen.far?.measured.refused ?? []).toEqual([]);
  });

  it('shows how urgent a message looks', async ({ seen }) => {
    if (!seen.far) return;
    const room = await seen.platform.openRoom(ROOM);
    const posted = await seen.platform.post(room, say('INC-1'), { key: 'k1' });
    const drawn = async (tone: Tone) => {
      await seen.platform.edit(posted, withTone(say('INC-1'), tone));
      const { calls } = seen.far?.measured ?? { calls: [] };
      return JSON.stringify(calls.findLast(({ method }) => method === seen.far?.calls.edit)?.body);
    };
    const tones: readonly Tone[] = ['alarm', 'warn', 'info', 'good', 'quiet'];
    const seenAs = new Map<string, Tone>();
    for (const tone of tones) seenAs.set(await drawn(tone), tone);
    expect(seenAs.size).toBe(tones.length);
    expect(seenAs.get(await drawn('alarm'))).toBe('alarm');
  });

  it('takes what could fool the eye out, and nothing else', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    await seen.platform.post(room, say('invoice\u202Efdp.exe\u0000\u0007 déjà 数据库 🔥'), { key: 'k1' });
    expect(read((await ofBot(seen, seen.ana, room)).at(-1)?.text ?? '')).toBe(
      'invoicefdp.exe déjà 数据库 🔥',
    );
  });

  it('makes no link of an address that would run something', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const addresses = ['javascript:alert(1)', 'data:text/html,x', 'not an address', 'file:///etc/passwd'];
    for (const url of addresses) {
      await seen.platform.post(room, say([link('the dashboard', url)]), { key: url });
      const shown = (await ofBot(seen, seen.ana, room)).at(-1);
      expect(read(shown?.text ?? '')).toBe('the dashboard');
      expect(shown?.links).toEqual([]);
    }
  });

  it('follows a link to where it was meant to go', async ({ seen }) => {
    const room = await seen.platform.openRoom(ROOM);
    const url = 'https://grafana.example/d/1?from=now-1h&to=now&var=a|b(c)>d*_e_';
    await seen.platform.post(room, say([link('5 > 3 [x](y) *z*', url)]), { key: 'k1' });
    const shown = (await ofBot(seen, seen.ana, room)).at(-1);
    expect(read(shown?.text ?? '')).toBe('5 > 3 [x](y) *z*');
    expect(shown?.links.map((one) => new URL(one).href)).toEqual([new URL(url).href]);
  });
}

function everyPart(bo: string): Message {
  return {
    parts: [
      { type: 'heading', text: 'INC-1 Checkout is down' },
      {
        type: 'text',
        text: ['Opened by ', person(bo, 'Bo'), ' at ', moment(new Date('2026-03-01T08:00:00Z'))],
      },
      {
        type: 'text',
        text: [
          'see ',
          link('the dashboard', 'https://grafana.example/d/1'),
          ' or ',
          bold('run '),
          code('kubectl'),
        ],
      },
      {
        type: 'fields',
        fields: [
          { label: 'Impact', value: 'nobody can pay' },
          { label: 'Severity', value: [bold('P1')] },
        ],
      },
      { type: 'list', items: ['first thing', [bold('second'), ' thing']] },
      { type: 'code', text: 'error: pool exhausted\n  at line 7' },
      { type: 'divider' },
      { type: 'context', text: 'says Alertmanager' },
      {
        type: 'buttons',
        buttons: [
          { ...BUTTON, style: 'primary' },
          { ...BUTTON, label: 'Resolve', command: 'resolve', style: 'danger', confirm: 'Is it over?' },
        ],
      },
      {
        type: 'select',
        select: {
          label: 'Team',
          command: 'assign',
          args: { incident: 'INC-1' },
          arg: 'to',
          options: [
            { label: 'Payments', value: 'payments' },
            { label: 'Search', value: 'search' },
          ],
        },
      },
    ],
    summary: 'INC-1 Checkout is down',
    tone: 'alarm',
  };
}
