import { describe, expect } from 'vitest';

import { act } from '#src/engine/act.ts';
import { tag } from '#src/engine/change.ts';
import { declare } from '#src/engine/declare.ts';
import { PlainPlatform } from '#test/support/plain-platform.ts';
import { comesTrue, test } from '#test/support/reacting.ts';

const NUMBERS = Array.from({ length: 20 }, (_, index) => index + 1);

describe('twenty incidents at once', () => {
  test('are drawn on every platform, and a slow one is slow for itself alone', async ({ reacting }) => {
    const [web, quick, slow] = [
      new PlainPlatform('web'),
      new PlainPlatform('quick'),
      new PlainPlatform('slow'),
    ];
    const { ctx, settled } = await reacting([web, quick, slow]);
    for (const number of NUMBERS) await declare(ctx, { title: `Service ${number} is down` });
    await settled();
    const calls = [quick.calls.length, slow.calls.length];

    slow.delayMs = 4000;
    slow.mostRunning = 0;
    await Promise.all(NUMBERS.map((number) => act(ctx, number, 'acknowledge')));
    const isDrawn = (it: PlainPlatform) =>
      NUMBERS.every((number) => it.card(it.of(number)).text.includes('Acknowledged'));
    await comesTrue(() => expect([isDrawn(web), isDrawn(quick)]).toEqual([true, true]));
    expect(isDrawn(slow)).toBe(false);
    await comesTrue(() => expect(isDrawn(slow)).toBe(true));
    expect(slow.mostRunning).toBeGreaterThan(3);
    expect(slow.mostRunning).toBeLessThanOrEqual(20);

    await settled();
    // Card, topic and line of each, and nothing else.
    expect(quick.calls.length - (calls[0] ?? 0)).toBe(60);
    expect(slow.calls.length - (calls[1] ?? 0)).toBe(60);
  });

  test('go on where a platform takes calls and never answers', async ({ db, reacting }) => {
    const [web, stuck] = [new PlainPlatform('web'), new PlainPlatform('stuck')];
    const { ctx, jobs } = await reacting([web, stuck]);
    stuck.stuck();
    for (const number of NUMBERS) {
      await declare(ctx, { title: `Service ${number} is down` });
      for (const region of ['eu', 'us', 'asia']) await tag(ctx, number, { region });
    }
    await comesTrue(() =>
      expect(NUMBERS.every((it) => web.card(web.of(it)).text.includes('region=asia'))).toBe(true),
    );
    expect(stuck.mostRunning).toBe(20);
    // One card is drawn for all that happened, and the room is opened first.
    const waiting = await db.selectFrom('jobs').select(['kind', 'lane']).execute();
    expect(new Set(waiting.map(({ kind, lane }) => `${kind} ${lane}`)).size).toBe(waiting.length);
    expect(await jobs.dead(1)).toEqual([]);
  });

  test('whose platform is cut off in the middle are all drawn in the end', async ({ db, reacting }) => {
    const alpha = new PlainPlatform('alpha');
    const { ctx, pass, settled } = await reacting([alpha]);
    let calls = 0;
    alpha.onCall = () => {
      calls += 1;
      if (calls % 3 === 0) alpha.isMute = !alpha.isMute;
    };
    for (const number of NUMBERS) await declare(ctx, { title: `Service ${number} is down` });
    await pass(60_000);
    await Promise.all(NUMBERS.map((number) => act(ctx, number, 'acknowledge')));
    await pass(120_000);
    alpha.onCall = () => {};
    alpha.isMute = false;
    await pass(300_000);
    await settled();
    for (const number of NUMBERS) expect(alpha.card(alpha.of(number)).text).toContain('Acknowledged');
    expect(alpha.lines()).toHaveLength(NUMBERS.length);
    expect(alpha.rooms).toHaveLength(NUMBERS.length + 1);
    expect(await db.selectFrom('jobs').select(['kind', 'lastError']).execute()).toEqual([]);
  });
});
