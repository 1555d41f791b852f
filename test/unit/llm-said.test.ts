import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { said, saidIn, urlsIn } from '#src/llm/said.ts';
import { aliveIn, messageOf } from '#test/support/drawn-everywhere.ts';
import { HOSTILE_STRINGS } from '#test/support/hostile-strings.ts';

const TRUSTED = { urls: new Set(['https://wiki.example/run?a=(1)']), hosts: new Set(['bot.example']) };
const say = (text: string) => said(text, TRUSTED);

describe('what a model wrote', () => {
  it('mentions nobody, in no way that any platform knows', () => {
    expect(say('<!channel> <!subteam^S1|ops> <@U1> <@&2> <#C1|general> ask @ana, @here or ＠everyone')).toBe(
      'ask ana, here or everyone',
    );
    expect(say('x@everyone, @\u200Beveryone and <at>Bo</at>; mail ana@example.com')).toBe(
      'x everyone, everyone and Bo; mail ana@example.com',
    );
  });

  it('leads only to addresses that we told it, and to hosts that are allowed', () => {
    expect(say('see https://wiki.example/run?a=1, or (https://bot.example/INC-1).')).toBe(
      'see (a link was left out), or (https://bot.example/INC-1).',
    );
    expect(say('[fix](https://evil.example) <https://evil.example|here> www.evil.example/x')).toBe(
      'fix (a link was left out) here (a link was left out) (a link was left out)',
    );
    expect(say('https://bot.example@evil.example/ HTTPS://BOT.EXAMPLE/x //evil.example/y')).toBe(
      '(a link was left out) HTTPS://BOT.EXAMPLE/x (a link was left out)',
    );
    expect(say('javascript:alert(1) data:text/html,x')).not.toMatch(/javascript|data:/);
  });

  it('has no picture, no markup and no piece of code, and nothing that looks like a command of ours', () => {
    expect(say('![graph](https://evil.example/p.png) **down** <img src=x> # no')).toBe('graph down # no');
    expect(say('## Fix\nrun ```rm -rf /``` or `kubectl delete`; then /incident close INC-1')).toBe(
      'Fix\nrun (code was left out) or kubectl delete; then incident close INC-1',
    );
  });

  it('is as it was, where it is plain words', () => {
    for (const text of [
      'p99 rose from 0.2 s to 1.4 s at 10:02 (+600 %); a < b, c > d, 3 * 4 || 5',
      'Pod <none> in ns/payments: image ghcr.io/acme/checkout:1.2, label app.kubernetes.io/name',
      'file /incidents/2026/a_b.log: 5xx, key=a;b “quoted”',
      'First.\n\nSecond <EMAIL_9>.',
    ]) {
      expect(say(text)).toBe(text);
    }
  });

  it('is dead on every platform, whatever it was, and the same when it is said again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...HOSTILE_STRINGS), { minLength: 1, maxLength: 3 }),
        async (all) => {
          const text = say(all.join(' '));
          expect(say(text)).toBe(text);
          expect(text).not.toMatch(/(?<![\p{L}\p{N}._%+-])[@＠]\p{L}|<[!@#&]|`|\]\(|evil\.example\/|<img/u);
          expect(await aliveIn(messageOf([text, 'Down']))).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps what was to be chosen, since code compares it, and changes every other text', () => {
    const trusted = { ...TRUSTED, choices: new Set(['@acme/shop']) };
    expect(saidIn({ service: '@acme/shop', why: ['@here', 3, null] }, trusted)).toEqual({
      service: '@acme/shop',
      why: ['here', 3, null],
    });
  });

  it('may repeat an address only where it was told as the value of a field for one', () => {
    expect(
      urlsIn({
        runbook_url: 'https://wiki.example/a',
        labels: { dashboard: 'https://grafana.example/d' },
        title: 'https://evil.example/x',
        links: [{ url: 'see https://evil.example/y' }],
      }),
    ).toEqual(['https://wiki.example/a', 'https://grafana.example/d']);
  });

  it('takes a time that grows with its length and no faster', () => {
    for (const piece of ['<', '[', '![', '@', '```', '<a ', 'a://', '(//', 'www.', '[a](', '<!', '**']) {
      const start = process.cpuUsage();
      said(piece.repeat(100_000 / piece.length), TRUSTED, 100_000);
      const isFast = process.cpuUsage(start).user < 500_000;
      expect({ piece, isFast }).toEqual({ piece, isFast: true });
    }
  });
});
