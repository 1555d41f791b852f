import { isDeepStrictEqual } from 'node:util';

import type { CatalogueService } from '#src/cause/catalogue.ts';
import type { OwnRules } from '#src/db/contacts.ts';
import type { Setup } from '#src/db/on-call.ts';
import type { SyntheticPage } from '#src/db/synthetic-pages.ts';
import type { Heartbeat } from '#src/incident/heartbeat.ts';
import type { Person, PersonId, TeamId } from '#src/incident/person.ts';
import { CONTACT_KINDS, type ContactMethod } from '#src/paging/rules.ts';

export type { OwnRules } from '#src/db/contacts.ts';

/** Everything that the file is about, as it is or as it shall be. */
export interface SetupState extends Pick<Setup, 'schedules' | 'policies' | 'teams' | 'defaultPolicy'> {
  readonly people: readonly PersonState[];
  readonly routes: Setup['rules'];
  /** Of those who set up any. */
  readonly rules: ReadonlyMap<PersonId, OwnRules>;
  readonly heartbeats: readonly Heartbeat[];
  /** The catalogue. */
  readonly services: readonly CatalogueService[];
  /** The weekly test page; null: there is none. */
  readonly syntheticPage: SyntheticPage | null;
  /** Teams that incidents belong to; they stay. */
  readonly busyTeams: readonly TeamId[];
}

export interface PersonState extends Person {
  readonly skills: readonly string[];
  readonly region: string | null;
  readonly contacts: readonly ContactMethod[];
  /** Their addresses are in the file: whoever wrote them there has asked them. */
  readonly isShared: boolean;
  /** A chat platform knows them. */
  readonly isInChat: boolean;
}

/** What the file says, as text, yes or no, numbers, lists and fields. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };
export type Fields = Readonly<Record<string, Plain>>;

/**
 * Takes away what is as it would be if it were left out. The file is written
 * with it, and compared without it, so that a default that changes is seen.
 */
export type Pare = (full: Fields, defaults: Fields) => Fields;

export const lean: Pare = (full, defaults) =>
  Object.fromEntries(
    Object.entries(full).filter(([name, value]) => !(name in defaults) || !isSame(value, defaults[name])),
  );

export const whole: Pare = (full) => full;

export function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(one, other);
}

/** The order in which contacts are listed, since they have none of their own. */
export function inOrder<T extends Pick<ContactMethod, 'kind' | 'address'>>(contacts: readonly T[]): T[] {
  const rank = (it: T) => CONTACT_KINDS.indexOf(it.kind);
  return contacts.toSorted((a, b) => rank(a) - rank(b) || (a.address < b.address ? -1 : 1));
}

/** What is there by this name, and not what every object has. */
export function own(all: Fields, name: string): Plain | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

/** `ana` to `Ana`, `payments-eu` to `Payments eu`: what is called so unless it has a name. */
export function nameOf(id: string): string {
  const words = id.replaceAll(/[-_.]+/g, ' ').trim();
  return words === '' ? id : words.slice(0, 1).toUpperCase() + words.slice(1);
}
