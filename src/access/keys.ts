import * as stored from '#src/db/keys.ts';
import { findPerson } from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import { actorOf, ROLES, type Person, type Role } from '#src/incident/person.ts';

import { fitsHash, hashSecret, isSameAs, newKey, readKey, writeKey } from './secrets.ts';
import { roleFor, SCOPES, SCOPES_OF, type Scope, type Who } from './who.ts';

export interface KeyDeps {
  readonly db: Db;
  readonly now: () => Date;
  /** BOOTSTRAP_API_KEY: an admin's key for as long as it is set. */
  readonly bootstrapKey: string | undefined;
  /** Local mode: one more admin key, shown on the page, that works nowhere else. */
  readonly local: boolean;
  /** Told that what other processes believe may not hold any more. */
  readonly changed?: () => void;
}

/** For so long a key is believed without asking the database; revoking it here takes effect at once. */
const BELIEVED_MS = 5000;
/** For so long one that was right is not even looked at again. */
const SURE_MS = 500;
/** How exactly `last_used_at` is kept. */
const TOUCH_MS = 60_000;
const REMEMBERED = 10_000;

interface Remembered {
  /** Null: there is no such key, or it was revoked. */
  readonly key: { readonly secretHash: string; readonly who: Who } | null;
  readonly until: number;
}

interface Sure {
  readonly bytes: Buffer;
  readonly who: Who;
  readonly until: number;
  /** How many revocations there had been. */
  readonly changes: number;
}

/** The keys of programs: made, recognised, listed and revoked. */
export class Keys {
  readonly #deps: KeyDeps;
  readonly #bootstrapHash: string | undefined;
  readonly #remembered = new Map<string, Remembered>();
  /** By connection: the key that was right there a moment ago. */
  readonly #sure = new WeakMap<object, Sure>();
  readonly #touched = new Map<string, number>();
  #localKey: Promise<string> | undefined;
  /** Counts revocations, so that what was read before one is not remembered after it. */
  #changes = 0;

  constructor(deps: KeyDeps) {
    this.#deps = deps;
    this.#bootstrapHash = deps.bootstrapKey && hashSecret(deps.bootstrapKey);
  }

  /**
   * Null: no key of ours, a wrong one, or a revoked one; nobody is told which. `connection`: what it came over. A
   * sender says the same with each request; what it said is kept with its connection, for `sureOf`, and nowhere else.
   */
  async find(text: string, connection: object = {}): Promise<Who | null> {
    const until = this.#deps.now().getTime() + SURE_MS;
    const changes = this.#changes;
    const who = await this.#find(text);
    if (who) this.#sure.set(connection, { bytes: Buffer.from(text), who, until, changes });
    return who;
  }

  /** At once, where `find` knew it over this connection a moment ago; null: ask that. */
  sureOf(text: string, connection: object): Who | null {
    const sure = this.#sure.get(connection);
    const isSure = sure?.changes === this.#changes && sure.until > this.#deps.now().getTime();
    return isSure && isSameAs(sure.bytes, text) ? sure.who : null;
  }

  async #find(text: string): Promise<Who | null> {
    if (this.#bootstrapHash && fitsHash(text, this.#bootstrapHash)) return BOOTSTRAP;
    if (this.#deps.local && fitsHash(text, hashSecret(await this.localKey()))) return LOCAL;
    const given = readKey(text);
    if (!given) return null;
    const known = await this.#lookUp(given.id);
    if (!known || !fitsHash(given.secret, known.secretHash)) return null;
    this.#touch(given.id);
    return known.who;
  }

  /** The key that local mode shows. Kept in the database, so that a line copied yesterday works today. */
  async localKey(): Promise<string> {
    this.#localKey ??= stored
      .keepSetting(this.#deps.db, 'local_api_key', writeKey(newKey()))
      .catch((error: unknown) => {
        this.#localKey = undefined;
        throw error;
      });
    return await this.#localKey;
  }

  /** Answers the whole key, which is never seen again. */
  async create(wish: {
    readonly name: string;
    readonly scopes: readonly Scope[];
    readonly role?: Role | undefined;
    readonly person?: string | undefined;
  }): Promise<{ key: string; stored: stored.StoredKey }> {
    const person = wish.person === undefined ? null : await this.#person(wish.person);
    const role = wish.role ?? roleFor(wish.scopes);
    const beyond = wish.scopes.find((scope) => !SCOPES_OF[role].includes(scope) && scope !== 'events:write');
    if (beyond) {
      throw new UserError('bad_arguments', `The role ${role} does not go with the scope ${beyond}.`);
    }
    const text = newKey();
    const row = {
      id: text.id,
      name: wish.name,
      secretHash: hashSecret(text.secret),
      role,
      scopes: [...new Set(wish.scopes)],
      personId: person?.id ?? null,
      createdAt: this.#deps.now(),
      lastUsedAt: null,
      revokedAt: null,
    };
    await stored.insertKey(this.#deps.db, row);
    this.#remembered.delete(text.id);
    return { key: writeKey(text), stored: row };
  }

  async list(): Promise<stored.StoredKey[]> {
    return await stored.listKeys(this.#deps.db);
  }

  /** From the next request on the key is refused. Throws `not_found`. */
  async revoke(id: string): Promise<void> {
    const done = await stored.revokeKey(this.#deps.db, id, this.#deps.now());
    this.forget();
    if (!done) throw new UserError('not_found', `There is no key ${id.slice(0, 40)} that still works.`);
  }

  /** Asks the database again for everybody, here and elsewhere: a key was revoked, or a person changed. */
  forget(): void {
    this.forgetHere();
    this.#deps.changed?.();
  }

  /** It was revoked by another process. */
  forgetHere(): void {
    this.#changes += 1;
    this.#remembered.clear();
  }

  async #lookUp(id: string): Promise<Remembered['key']> {
    const now = this.#deps.now().getTime();
    const remembered = this.#remembered.get(id);
    if (remembered && remembered.until > now) return remembered.key;
    const changes = this.#changes;
    const row = await stored.findKey(this.#deps.db, id);
    const who = row && !row.revokedAt ? await this.#whoHas(row) : null;
    const key = row && who ? { secretHash: row.secretHash, who } : null;
    if (changes === this.#changes) {
      if (this.#remembered.size >= REMEMBERED) this.#remembered.clear();
      this.#remembered.set(id, { key, until: now + BELIEVED_MS });
    }
    return key;
  }

  async #whoHas(row: stored.StoredKey): Promise<Who | null> {
    const scopes = SCOPES.filter((it) => row.scopes.includes(it));
    const owner = `key:${row.id}`;
    if (!row.personId) {
      const actor = { type: 'integration', id: owner, name: row.name } as const;
      // Commands ask for the role: a key that may only read must not act by them.
      return { actor, person: null, role: lesser(row.role, roleFor(scopes)), scopes, owner, via: 'key' };
    }
    const person = await findPerson(this.#deps.db, row.personId);
    if (!person?.active) return null;
    const role = lesser(lesser(row.role, roleFor(scopes)), person.role);
    const allowed = scopes.filter((it) => it === 'events:write' || SCOPES_OF[role].includes(it));
    return { actor: actorOf(person), person, role, scopes: allowed, owner, via: 'key' };
  }

  async #person(id: string): Promise<Person> {
    const person = await findPerson(this.#deps.db, id);
    if (!person) throw new UserError('not_found', `There is no person called ${id.slice(0, 40)}.`);
    return person;
  }

  /** A courtesy to whoever cleans up keys; that it fails must not fail the request. */
  #touch(id: string): void {
    const now = this.#deps.now();
    if ((this.#touched.get(id) ?? 0) > now.getTime() - TOUCH_MS) return;
    this.#touched.set(id, now.getTime());
    stored.touchKey(this.#deps.db, id, now).catch(() => this.#touched.delete(id));
  }
}

function lesser(a: Role, b: Role): Role {
  return ROLES.indexOf(a) < ROLES.indexOf(b) ? a : b;
}

const BOOTSTRAP: Who = adminKey('bootstrap', 'Bootstrap key');
const LOCAL: Who = adminKey('local', 'Local key');

function adminKey(id: string, name: string): Who {
  const owner = `key:${id}`;
  const actor = { type: 'integration', id: owner, name } as const;
  return { actor, person: null, role: 'admin', scopes: SCOPES, owner, via: 'key' };
}
