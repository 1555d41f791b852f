import { logAccess } from '#src/db/access-log.ts';
import {
  claimIdentity,
  findPerson,
  findPersonByEmail,
  identityOf,
  newPerson,
  personOf,
} from '#src/db/people.ts';
import type { Db } from '#src/db/schema.ts';
import { SYSTEM, type Person, type PersonId, type Role } from '#src/incident/person.ts';
import { cleanLine } from '#src/incident/text.ts';

import { Kept } from './kept.ts';
import type { ChatPlatform, Profile, Ref } from './platform.ts';

/** Who people of a chat platform are to us, and where the people we know are found there. */
export interface Acquaintance {
  /** Null for somebody we do not know. Throws ProviderError when their platform cannot say now. */
  personOf(ref: Ref): Promise<Person | null>;
  /** How a platform knows a person; null when it does not. Throws ProviderError when it cannot say now. */
  refOf(person: string, platform: string): Promise<Ref | null>;
  /** What somebody is called: by us, or where we do not know them, by their platform; null when it knows nobody of that id. */
  nameOf(ref: Ref): Promise<string | null>;
}

interface Deps {
  readonly db: Db;
  readonly now: () => Date;
  readonly platforms: () => readonly Pick<ChatPlatform, 'name' | 'limits' | 'whois'>[];
  /** What a full member of a connected chat becomes who is not known yet; null: they stay unknown. */
  readonly newcomers: Role | null;
  readonly log: { error(details: object, message: string): void };
}

type Who = { readonly id: string } | { readonly email: string };

/** How long what a platform said of somebody is believed, in milliseconds, and of how many it is remembered. */
const ASKED_MS = 60_000;
const ASKED = 2000;

/**
 * One person has many identities. Where a platform tells e-mail addresses,
 * whoever has a person's address is that person; guests are not
 * believed. Everybody else links their identity with a code.
 */
export function acquaintanceIn({ db, now, platforms, newcomers, log }: Deps): Acquaintance {
  const platformOf = (name: string) => platforms().find((it) => it.name === name);

  const whois = onceAMinute(platformOf, now);

  async function profileOf(platform: string, who: Who): Promise<Profile | null> {
    return platformOf(platform)?.limits.emails ? await whois(platform, who) : null;
  }

  async function recognised({ platform, id, email, isGuest }: Profile): Promise<Person | null> {
    const known = email === null || isGuest ? null : await findPersonByEmail(db, email);
    return known && (await holderOf({ platform, id }, known));
  }

  /** Whose identity it is: whoever had it before, by a code for instance, keeps it. */
  async function holderOf(ref: Ref, person: Person): Promise<Person> {
    await claimIdentity(db, ref.platform, ref.id, person.id);
    const holder = (await personOf(db, ref)) ?? person;
    if (holder.id === person.id) {
      const details = { person: person.id, platform: ref.platform, externalId: ref.id, by: 'e-mail address' };
      await logAccess(db, { at: now(), actor: SYSTEM, action: 'identity.linked', details });
    }
    return holder;
  }

  async function meet(ref: Ref): Promise<Person | null> {
    const profile = await profileOf(ref.platform, { id: ref.id });
    const known = profile && (await recognised(profile));
    if (known || !profile?.email || profile.isGuest || newcomers === null) return known;
    const name = cleanLine(profile.name, 100);
    const person = await newPerson(db, { name, email: profile.email, role: newcomers }, now());
    return await holderOf(ref, person);
  }

  return {
    personOf: async (ref) => (await personOf(db, ref)) ?? (await meet(ref)),
    async refOf(id, platform) {
      const person = id as PersonId;
      const known = await identityOf(db, person, platform);
      if (known) return known;
      const email = platformOf(platform)?.limits.emails ? await emailOf(db, person) : null;
      const profile = email === null ? null : await profileOf(platform, { email });
      const holder = profile && !profile.isGuest ? await recognised(profile) : null;
      return profile && holder?.id === person ? { platform, id: profile.id } : null;
    },
    async nameOf(ref) {
      const person = await personOf(db, ref);
      if (person) return person.name;
      try {
        const profile = await whois(ref.platform, { id: ref.id });
        return (profile && (await recognised(profile)))?.name ?? profile?.name ?? null;
      } catch (error) {
        log.error({ err: error, platform: ref.platform }, 'A platform did not say who somebody is');
        return null;
      }
    },
  };
}

/** Whom we know is found without asking; of the others one question a minute is enough, however much they write. */
function onceAMinute(platformOf: (name: string) => Pick<ChatPlatform, 'whois'> | undefined, now: () => Date) {
  const asked = new Kept<{ readonly until: number; readonly answer: Promise<Profile | null> }>(ASKED);
  return async (platform: string, who: Who): Promise<Profile | null> => {
    const key = `${platform} ${'id' in who ? who.id : `mail ${who.email}`}`;
    const time = now().getTime();
    const known = asked.get(key);
    if (known && known.until > time) return await known.answer;
    const answer = platformOf(platform)?.whois(who) ?? Promise.resolve(null);
    asked.set(key, { until: time + ASKED_MS, answer });
    // What was not answered is asked again.
    answer.catch(() => asked.delete(key));
    return await answer;
  };
}

/** What whoever wrote something is called, in one line; null for whoever asks themselves, and where nobody knows. */
export async function nameOfAnother(
  { nameOf }: Pick<Acquaintance, 'nameOf'>,
  writer: Ref,
  asker: Ref,
): Promise<string | null> {
  const name = writer.id === asker.id ? null : await nameOf(writer);
  return name === null ? null : cleanLine(name, 100);
}

async function emailOf(db: Db, id: PersonId): Promise<string | null> {
  const row = await findPerson(db, id);
  return row?.active ? row.email : null;
}
