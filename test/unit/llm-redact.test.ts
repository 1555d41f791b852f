import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Redaction } from '#src/llm/redact.ts';
import type { Data } from '#src/llm/task.ts';
import { Dice } from '#test/support/dice.ts';
import { KINDS_PLANTED, plantedSecrets } from '#test/support/planted-secrets.ts';
import { telemetryLine } from '#test/support/telemetry-lines.ts';

const redact = (data: Data) => new Redaction().redact(data);

/** Secrets of all kinds, placeholders that strangers wrote, and anything else. */
const words = fc
  .array(
    fc.oneof(
      fc.nat(100_000).map((seed) => {
        const all = plantedSecrets(new Dice(seed));
        return all[seed % all.length]?.text ?? '';
      }),
      fc.constantFrom(
        '<EMAIL_1>',
        '<SECRET_2>',
        '<LITERAL_1>',
        '<EMAIL_',
        '_1>',
        'password=',
        '://',
        '@',
        '<',
      ),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 6 },
  )
  .map((all) => all.join(' '));

const json = fc.letrec<{ data: Data }>((tie) => ({
  data: fc.oneof(
    { depthSize: 'small' },
    words,
    fc.constantFrom(null, true, 1, -0.5, 4_111_111_111_111_111, 12_345_678),
    fc.array(tie('data'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(fc.constantFrom('password', 'api_key', 'labels', 'token'), words), tie('data'), {
      maxKeys: 3,
    }),
  ),
})).data;

describe('what is told to a model', () => {
  it(`has no secret in it, of ${KINDS_PLANTED} kinds, wherever one stands`, () => {
    const dice = new Dice(5);
    const planted = Array.from({ length: 12 }, () => plantedSecrets(dice)).flat();
    for (const { kind, text, secret } of planted) {
      const told = redact({
        title: text,
        lines: [`${telemetryLine(dice)} ${text} ${telemetryLine(dice)}`],
        labels: { note: `(${text})`, [text]: 'name' },
        log: JSON.stringify({ message: text }),
      });
      const once = JSON.stringify(secret).slice(1, -1);
      const twice = JSON.stringify(once).slice(1, -1);
      const all = JSON.stringify(told);
      expect({ kind, isSent: all.includes(once) || all.includes(twice) }).toEqual({ kind, isSent: false });
    }
  });

  it('has no secret in it that its name gives away, be it a text, a number or a list', () => {
    const told = redact({
      password: 'correcthorse',
      dbPassword: ['hunter2', { deep: 'stays' }],
      'x-api-key': 'k3-9a8b7c6d',
      pin: 1234,
      passcode: 12_345_678,
      secret: 'checkout-tls',
      key: 'orders/2026',
      token_type: 'bearer',
    });
    expect(told).toEqual({
      password: '<SECRET_1>',
      dbPassword: ['<SECRET_2>', { deep: 'stays' }],
      'x-api-key': '<SECRET_3>',
      pin: 1234,
      passcode: '<SECRET_4>',
      secret: 'checkout-tls',
      key: 'orders/2026',
      token_type: 'bearer',
    });
  });

  it('has no secret in it that another text gave away', () => {
    const told = redact(['it said q8Zt-77Lm-plain', 'password=q8Zt-77Lm-plain']);
    expect(told).toEqual(['it said <SECRET_1>', 'password=<SECRET_1>']);
    expect(redact(['production is down', 'password=production'])).toEqual([
      'production is down',
      'password=<SECRET_1>',
    ]);
  });

  it('says the same value the same way in every turn, and others in other ways', () => {
    const redaction = new Redaction();
    expect(redaction.redact('ana@example.com, bo@example.com')).toBe('<EMAIL_1>, <EMAIL_2>');
    expect(redaction.redact({ from: 'bo@example.com', to: 'cy@example.com' })).toEqual({
      from: '<EMAIL_2>',
      to: '<EMAIL_3>',
    });
    expect(redaction.removed).toEqual({ email: 3 });
  });

  it('keeps addresses of machines, unless they are to be masked', () => {
    const line = 'user=ana on db-1.prod.internal (10.0.3.7, fe80::1:2) in /home/ana/app.log';
    expect(redact(line)).toBe(line);
    const masked = new Redaction(['ip', 'host', 'user']);
    expect(masked.redact(line)).toBe('user=<USER_1> on <HOST_1> (<IP_1>, <IP_2>) in /home/<USER_1>/app.log');
    expect(masked.restore(masked.redact(line))).toBe(line);
  });

  it('is as it was, where nothing in it is a secret: of 4,000 lines at most one in a hundred is changed', () => {
    const dice = new Dice(11);
    const lines = Array.from({ length: 4000 }, () => telemetryLine(dice));
    expect(lines.filter((line) => redact(line) !== line).length).toBeLessThanOrEqual(40);
  });

  it('has nothing in it that would be taken out if it were told once more', () => {
    fc.assert(
      fc.property(json, (data) => {
        const again = new Redaction();
        again.redact(redact(data));
        expect(again.removed).toEqual({});
      }),
      { numRuns: 80 },
    );
  });

  it('is not taken for a secret by the placeholders in it, be they of strangers or its own', () => {
    const told = redact({ api_key: 'password= ://', password: 'x <EMAIL_7>' });
    expect(told).toEqual({ api_key: 'password= <SECRET_1>', password: 'x <LITERAL_1>' });
    expect(redact(told)).toEqual({ api_key: 'password= <LITERAL_1>', password: 'x <LITERAL_2>' });
    for (const password of ['hunter2 <EMAIL_7>', '$<EMAIL_7>{hunter2secret', 'hun<EMAIL_7>ter2']) {
      expect(redact({ password })).toEqual({ password: '<SECRET_1>' });
    }
  });

  it('is found in a time that grows with its length and no faster, whatever it is', () => {
    const pieces = [
      'a-',
      '1 ',
      '://a:',
      'AB12 ABCD ',
      'password: ',
      '<EMAIL_1>',
      'api_key="',
      'a@',
      'eyJ',
      'key-',
    ];
    for (const piece of pieces) {
      const text = piece.repeat(100_000 / piece.length);
      const tries = Array.from({ length: 2 }, () => {
        const start = process.cpuUsage();
        redact(text);
        return process.cpuUsage(start).user / 1000;
      });
      // 50 ms where nothing else runs; what was quadratic would take minutes.
      expect({ piece, isFast: Math.min(...tries) < 400 }).toEqual({ piece, isFast: true });
    }
  });
});

describe('what a model answers', () => {
  it('has everything in its place again', () => {
    fc.assert(
      fc.property(json, (data) => {
        const redaction = new Redaction();
        expect(redaction.restore(redaction.redact(data))).toEqual(data);
      }),
      { numRuns: 100 },
    );
  });

  it('keeps a placeholder that nothing stands behind, and one that a stranger wrote', () => {
    const redaction = new Redaction();
    const told = redaction.redact(['ana@example.com', 'the stranger wrote <EMAIL_1> and <EMAIL_9>']);
    expect(told).toEqual(['<EMAIL_1>', 'the stranger wrote <LITERAL_1> and <LITERAL_2>']);
    expect(redaction.restore({ a: '<EMAIL_1> <EMAIL_2> <JWT_1>', b: '<LITERAL_1>' })).toEqual({
      a: 'ana@example.com <EMAIL_2> <JWT_1>',
      b: '<EMAIL_1>',
    });
  });

  it('tells nobody a key or a password again, but an address where it was', () => {
    const redaction = new Redaction();
    redaction.redact({ line: 'ana@example.com used password=x9-Kd83-ll', password: 'x' });
    expect(redaction.reveal({ text: '<EMAIL_1> has <SECRET_1>', all: ['<SECRET_1>'] })).toEqual({
      text: 'ana@example.com has [secret]',
      all: ['[secret]'],
    });
  });
});
