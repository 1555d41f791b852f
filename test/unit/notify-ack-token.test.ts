import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { UserError } from '#src/errors.ts';
import { signAckToken, verifyAckToken } from '#src/notify/ack-token.ts';
import { NOW } from '#test/support/notify/notices.ts';

const SECRET = 'a secret of this server';
const CLAIM = { page: 'page-7', person: 'ana' };
const LATER = new Date(NOW.getTime() + 3_600_000);
const token = signAckToken(SECRET, CLAIM, LATER);

describe('a link to acknowledge by', () => {
  it('lets one person acknowledge one page until it is over', () => {
    expect(verifyAckToken(SECRET, token, NOW)).toMatchObject(CLAIM);
    expect(verifyAckToken(SECRET, token, new Date(LATER.getTime() - 1000))).toMatchObject(CLAIM);
    expect(() => verifyAckToken(SECRET, token, LATER)).toThrow('This link is over.');
  });

  it('is the same when the mail is sent again, and has a name to be crossed out by', () => {
    expect(signAckToken(SECRET, CLAIM, LATER)).toBe(token);
    const { id } = verifyAckToken(SECRET, token, NOW);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(token).not.toContain(id);
    const other = signAckToken(SECRET, { ...CLAIM, person: 'bo' }, LATER);
    expect(verifyAckToken(SECRET, other, NOW).id).not.toBe(id);
  });

  it('keeps whatever ids there are', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), fc.string({ maxLength: 60 }), (page, person) => {
        const signed = signAckToken(SECRET, { page, person }, LATER);
        expect(verifyAckToken(SECRET, signed, NOW)).toMatchObject({ page, person });
        expect(signed).toMatch(/^[\w.-]+$/);
      }),
    );
  });

  it('is worth nothing when a single character of it is another', () => {
    const { id } = verifyAckToken(SECRET, token, NOW);
    fc.assert(
      fc.property(
        fc.nat(token.length - 1),
        fc.constantFrom('A', 'z', '0', '-', '_', '.', '='),
        (at, character) => {
          const changed = token.slice(0, at) + character + token.slice(at + 1);
          if (changed === token) return;
          const read = refusalOf(() => verifyAckToken(SECRET, changed, NOW));
          // The last character of base64 has bits that mean nothing: it is the same link, and the same name.
          const isSame = at === token.length - 1 && !(read instanceof UserError);
          expect(read).toMatchObject(isSame ? { id } : { code: 'bad_signature' });
        },
      ),
    );
  });

  it.each(['', '.', 'a.b', 'null', token.split('.')[0] ?? '', `${token}x`, `x${token}`, token.repeat(50)])(
    'that is none is refused in words: %.20s',
    (text) => {
      expect(refusalOf(() => verifyAckToken(SECRET, text, NOW))).toMatchObject({ code: 'bad_signature' });
    },
  );

  it('of another server is refused', () => {
    const foreign = signAckToken('another secret', CLAIM, LATER);
    expect(refusalOf(() => verifyAckToken(SECRET, foreign, NOW))).toMatchObject({ code: 'bad_signature' });
  });
});

function refusalOf(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}
