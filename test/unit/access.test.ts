import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fitsHash, hashSecret, newKey, newSecret, readKey, writeKey } from '#src/access/secrets.ts';
import { isLocalVisitor, isLoopbackHost, refuseOtherSites } from '#src/access/visitors.ts';
import { demand, mayUse, roleFor, SCOPES, SCOPES_OF, type Who } from '#src/access/who.ts';
import { cookieOf } from '#src/http/identify.ts';
import { ROLES } from '#src/incident/person.ts';

describe('keys as text', () => {
  test('a key reads back as it was written, and nothing else reads as one', () => {
    const key = newKey();
    expect(readKey(writeKey(key))).toEqual(key);
    expect(key.secret).toHaveLength(43);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readKey(text)).toBeNull();
        expect(readKey(`${writeKey(key)}${text}`)).toEqual(text === '' ? key : null);
      }),
    );
  });

  test('only the secret itself fits its hash', () => {
    const secret = newSecret();
    const hash = hashSecret(secret);
    expect(fitsHash(secret, hash)).toBe(true);
    expect(hash).not.toContain(secret);
    fc.assert(fc.property(fc.string(), (other) => fitsHash(other, hash) === (other === secret)));
    expect(fitsHash(secret, '')).toBe(false);
  });
});

describe('scopes', () => {
  test('a higher role may all that a lower one may', () => {
    for (const [index, role] of ROLES.entries()) {
      for (const lower of ROLES.slice(0, index)) {
        expect(SCOPES_OF[role]).toEqual(expect.arrayContaining([...SCOPES_OF[lower]]));
      }
    }
    expect(SCOPES_OF.admin).toEqual(SCOPES);
  });

  test('the role that follows from scopes is the least that goes with them', () => {
    fc.assert(
      fc.property(fc.subarray([...SCOPES], { minLength: 1 }), (scopes) => {
        const role = roleFor(scopes);
        for (const scope of scopes.filter((it) => it !== 'events:write')) {
          expect(SCOPES_OF[role]).toContain(scope);
        }
      }),
    );
  });

  test('whoever may not is told what is missing', () => {
    const who: Who = {
      actor: { type: 'integration', id: 'key:1', name: 'ci' },
      person: null,
      role: 'viewer',
      scopes: ['incidents:read'],
      owner: 'key:1',
      via: 'key',
    };
    expect(mayUse(who, 'incidents:read')).toBe(true);
    expect(() => demand(who, 'admin')).toThrow(
      'This key does not have the scope admin; it has incidents:read.',
    );
    expect(() => demand({ ...who, via: 'session' }, 'admin')).toThrow('more than the role viewer');
  });
});

describe('visitors of this machine', () => {
  test.each(['localhost', 'localhost:3000', 'LOCALHOST', '127.0.0.1:3000', '[::1]', '[::1]:3000'])(
    '%s is here',
    (host) => {
      expect(isLoopbackHost(host)).toBe(true);
      expect(isLocalVisitor('127.0.0.1', { host })).toBe(true);
      expect(isLocalVisitor('::1', { host })).toBe(true);
      expect(isLocalVisitor('::ffff:127.0.0.1', { host })).toBe(true);
      expect(isLocalVisitor('192.168.1.5', { host })).toBe(false);
      expect(isLocalVisitor(undefined, { host })).toBe(false);
    },
  );

  test.each([
    '',
    'localhost.example',
    'evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.2',
    'localhost:x',
    '0.0.0.0',
  ])('%j is not', (host) => expect(isLocalVisitor('127.0.0.1', { host })).toBe(false));

  test('nothing else counts as one of them', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.domain(), (address, host) => {
        fc.pre(!address.startsWith('127.'));
        expect(isLocalVisitor(address, { host: 'localhost' })).toBe(false);
        expect(isLocalVisitor('127.0.0.1', { host })).toBe(false);
      }),
    );
  });
});

describe('where a request comes from', () => {
  const publicUrl = 'https://incidents.example';
  const passes = (headers: Record<string, string>, mustSay = false) => {
    try {
      refuseOtherSites({ host: 'localhost:3000', ...headers }, publicUrl, mustSay);
      return true;
    } catch {
      return false;
    }
  };

  test('the own page passes, by its host or by the public address', () => {
    expect(passes({ origin: 'http://localhost:3000' })).toBe(true);
    expect(passes({ origin: 'https://incidents.example' })).toBe(true);
    expect(passes({ 'sec-fetch-site': 'same-origin' }, true)).toBe(true);
    expect(passes({ 'sec-fetch-site': 'none' }, true)).toBe(true);
  });

  test('programs, which say nothing, pass only where they may', () => {
    expect(passes({})).toBe(true);
    expect(passes({}, true)).toBe(false);
  });

  test('every other site is refused', () => {
    fc.assert(
      fc.property(fc.domain(), fc.nat(65_535), (domain, port) => {
        expect(passes({ origin: `https://${domain}` })).toBe(false);
        expect(passes({ origin: `http://${domain}:${port}` })).toBe(false);
      }),
    );
    for (const origin of [
      'null',
      'http://localhost:3001',
      'http://incidents.example',
      'http://localhost:3000.evil.example',
    ]) {
      expect([origin, passes({ origin })]).toEqual([origin, false]);
    }
    expect(passes({ 'sec-fetch-site': 'same-site', origin: 'http://localhost:3000' })).toBe(false);
    expect(passes({ 'sec-fetch-site': 'cross-site' })).toBe(false);
  });
});

test('a cookie is found among others, and never by half its name', () => {
  expect(cookieOf('a=1; im_session=x=y; b=2', 'im_session')).toBe('x=y');
  expect(cookieOf('xim_session=1; im_session2=2', 'im_session')).toBeUndefined();
  expect(cookieOf(undefined, 'im_session')).toBeUndefined();
  fc.assert(fc.property(fc.string(), (header) => void cookieOf(header, 'im_session')));
});
