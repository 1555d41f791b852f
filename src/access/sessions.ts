import { findPerson, listPeople } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import * as stored from '#src/db/sessions.ts';
import { UserError } from '#src/errors.ts';
import { actorOf, type Person, type PersonId } from '#src/incident/person.ts';

import { hashSecret, newSecret } from './secrets.ts';
import { SCOPES_OF, type Who } from './who.ts';

const HOUR = 3_600_000;
/** A sign-in link works once, for a day. */
export const LINK_MS = 24 * HOUR;
/** A session ends a day after it was last used. */
export const SESSION_MS = 24 * HOUR;
/** Extended when this much of it is gone, so that not every request writes. */
const EXTEND_AFTER_MS = HOUR;
/** For so long a session is believed without asking the database; signing out here takes effect at once. */
const BELIEVED_MS = 5000;
const REMEMBERED = 10_000;

interface Remembered {
  readonly who: Who | null;
  readonly until: number;
}

/** People with a browser: by a link an admin made for them, or, in local mode, because they sit at this machine. */
export class Sessions {
  readonly #db: Db;
  readonly #now: () => Date;
  readonly #changed: () => void;
  readonly #remembered = new Map<string, Remembered>();
  #changes = 0;

  /** `changed`: told that what other processes believe may not hold any more. */
  constructor(deps: { readonly db: Db; readonly now: () => Date; readonly changed?: () => void }) {
    this.#db = deps.db;
    this.#now = deps.now;
    this.#changed = deps.changed ?? (() => {});
  }

  /** Answers the token of the address to open. Throws `not_found`, or `conflict` for a person who left. */
  async createLink(id: string): Promise<{ token: string; person: Person; expiresAt: Date }> {
    const person = await findPerson(this.#db, id);
    if (!person) throw new UserError('not_found', `There is no person called ${id.slice(0, 40)}.`);
    if (!person.active) throw new UserError('conflict', `${person.name} is not active any more.`);
    const token = newSecret();
    const expiresAt = new Date(this.#now().getTime() + LINK_MS);
    await stored.insertLink(this.#db, { tokenHash: hashSecret(token), personId: person.id, expiresAt });
    return { token, person, expiresAt };
  }

  /** Whose link it is, without using it up: a preview bot that looks at a link must not spend it. Throws `not_found`. */
  async linkOf(token: string): Promise<Person> {
    return await this.#mustBeActive(await stored.findLink(this.#db, hashSecret(token), this.#now()));
  }

  /** Uses the link up and begins a session. Throws `not_found` for a link that does not work (any more). */
  async signIn(token: string): Promise<{ session: string; person: Person }> {
    const now = this.#now();
    const person = await this.#mustBeActive(await stored.useLink(this.#db, hashSecret(token), now));
    const session = newSecret();
    await stored.insertSession(this.#db, {
      tokenHash: hashSecret(session),
      personId: person.id,
      createdAt: now,
      expiresAt: new Date(now.getTime() + SESSION_MS),
    });
    return { session, person };
  }

  /** Null when there is no such session, its time is over, or its person is not active. */
  async find(token: string): Promise<Who | null> {
    const tokenHash = hashSecret(token);
    return await this.#believe(tokenHash, () => this.#read(tokenHash));
  }

  async end(token: string): Promise<void> {
    await stored.deleteSession(this.#db, hashSecret(token));
    this.forget();
  }

  /** Ends all of a person's sessions and links. */
  async endAll(person: PersonId): Promise<void> {
    await stored.forgetPerson(this.#db, person);
    this.forget();
  }

  /** Asks the database again for everybody, here and elsewhere. */
  forget(): void {
    this.forgetHere();
    this.#changed();
  }

  /** It was ended by another process. */
  forgetHere(): void {
    this.#changes += 1;
    this.#remembered.clear();
  }

  /**
   * A visitor in local mode: the person they chose to act as, or the first
   * admin. Throws `bad_arguments` for a choice that is nobody.
   */
  async local(actAs: string | undefined): Promise<Who> {
    const who = await this.#believe(`local:${actAs ?? ''}`, () => this.#readLocal(actAs));
    if (who) return who;
    throw actAs === undefined
      ? new UserError('not_signed_in', 'There is no admin yet. Start the server again to get one.')
      : new UserError('bad_arguments', `There is nobody called ${actAs.slice(0, 40)} to act as.`);
  }

  async #believe(name: string, read: () => Promise<Who | null>): Promise<Who | null> {
    const now = this.#now().getTime();
    const remembered = this.#remembered.get(name);
    if (remembered && remembered.until > now) return remembered.who;
    const changes = this.#changes;
    const who = await read();
    // What was read before somebody signed out must not be remembered after it.
    if (changes === this.#changes) {
      if (this.#remembered.size >= REMEMBERED) this.#remembered.clear();
      this.#remembered.set(name, { who, until: now + BELIEVED_MS });
    }
    return who;
  }

  async #readLocal(actAs: string | undefined): Promise<Who | null> {
    const person =
      actAs === undefined
        ? (await listPeople(this.#db)).find((it) => it.active && it.role === 'admin')
        : await findPerson(this.#db, actAs);
    return person?.active ? whoIs(person, 'local') : null;
  }

  async #read(tokenHash: string): Promise<Who | null> {
    const now = this.#now();
    const session = await stored.findSession(this.#db, tokenHash, now);
    if (!session) return null;
    const person = await findPerson(this.#db, session.personId);
    if (!person?.active) return null;
    const expiresAt = new Date(now.getTime() + SESSION_MS);
    if (expiresAt.getTime() - session.expiresAt.getTime() > EXTEND_AFTER_MS) {
      await stored.extendSession(this.#db, tokenHash, expiresAt);
    }
    return whoIs(person, 'session');
  }

  async #mustBeActive(id: PersonId | null): Promise<Person> {
    const person = id && (await findPerson(this.#db, id));
    if (person?.active) return person;
    throw new UserError(
      'not_found',
      'This sign-in link does not work (any more): a link works once, for a day. Ask an admin for a new one.',
    );
  }
}

function whoIs(person: Person, via: 'session' | 'local'): Who {
  return {
    actor: actorOf(person),
    person,
    role: person.role,
    scopes: SCOPES_OF[person.role],
    owner: `person:${person.id}`,
    via,
  };
}
