import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PersonId } from '#src/incident/person.ts';
import { ROLES } from '#src/incident/person.ts';
import { maySee } from '#src/incident/privacy.ts';
import { incident } from '#test/support/incident.ts';

const handle = fc.constantFrom('ana', 'bo', 'cy', 'di').map((it) => it as PersonId);
const viewer = fc.record({ id: fc.option(handle), role: fc.constantFrom(...ROLES) });

describe('a private incident', () => {
  it('is seen by admins, by those who work on it and by those who were invited, and by nobody else', () => {
    const some = fc.record({
      insiders: fc.array(handle),
      assignee: fc.option(handle),
      roles: fc.dictionary(fc.constantFrom('commander', 'scribe'), handle),
    });
    fc.assert(
      fc.property(some, viewer, (people, who) => {
        const inside = new Set([...people.insiders, people.assignee, ...Object.values(people.roles)]);
        const expected = who.role === 'admin' || (who.id !== null && inside.has(who.id));
        expect(maySee(incident({ ...people, isPrivate: true }), who)).toBe(expected);
      }),
    );
  });

  it('is the exception: any other is for everybody', () => {
    fc.assert(
      fc.property(viewer, (who) => {
        expect(maySee(incident({ isPrivate: false }), who)).toBe(true);
      }),
    );
  });
});
