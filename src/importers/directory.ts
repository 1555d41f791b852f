import { UserError } from '#src/errors.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { cleanLine } from '#src/incident/text.ts';
import { zoneOf } from '#src/oncall/zone.ts';
import type { ContactKind, ContactMethod, PersonalRules, RuleStep } from '#src/paging/rules.ts';
import type { SetupState, OwnRules, PersonState } from '#src/setup/state.ts';

import type { CarriedSchedule, Imported, Note } from './carried.ts';

/** Somebody as the other system knows them. */
export interface TheirPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly timezone: string | null;
  readonly contacts: readonly TheirContact[];
  /** When to tell them by which contact; null where the export does not say. */
  readonly high: readonly TheirStep[] | null;
  readonly low: readonly TheirStep[] | null;
}

export interface TheirContact {
  /** Theirs, for the steps. */
  readonly id: string;
  readonly kind: ContactKind;
  readonly address: string;
  readonly enabled: boolean;
}

export interface TheirStep {
  readonly contact: string;
  readonly delayMs: number;
}

/** Everybody by their id over there. */
export interface Directory {
  /** A person who is not in the export is added, switched off, with a note. */
  readonly personOf: (id: string, name?: string | null) => PersonId;
  readonly people: () => PersonState[];
  readonly rules: () => Map<PersonId, OwnRules>;
}

export function directoryOf(all: readonly TheirPerson[], notes: Note[]): Directory {
  const free = handles();
  const known = new Map<string, { person: PersonState; rules: PersonalRules | null }>();
  const add = (their: TheirPerson, active: boolean) => {
    const name = cleanLine(their.name, 200);
    const id = free(their.email?.split('@')[0] || name || 'member') as PersonId;
    const contacts = contactsOf(id, their.contacts);
    const found = {
      person: {
        id,
        name: name || id,
        email: their.email,
        role: 'responder' as const,
        timezone: zoneOr(their, notes),
        active,
        skills: [],
        region: null,
        contacts: [...new Set(contacts.map(({ method }) => method))],
        isShared: true,
        isInChat: false,
      },
      rules: rulesOf(their, contacts),
    };
    known.set(their.id, found);
    return found;
  };
  for (const their of all) add(their, true);
  const stranger = (id: string, name: string | null | undefined) => {
    const said = cleanLine(name ?? id, 100);
    notes.push({
      about: `person ${said}`,
      says: 'They have shifts or levels and are not among the users of the export, so they are added switched off.',
      todo: 'Export the users too, or put somebody else in their place.',
    });
    const unknown = { timezone: null, contacts: [], high: null, low: null };
    return add({ id, name: said, email: null, ...unknown }, false);
  };
  return {
    personOf: (id, name) => (known.get(id) ?? stranger(id, name)).person.id,
    people: () => [...known.values()].map(({ person }) => person),
    rules: () =>
      new Map(
        [...known.values()].flatMap(({ person, rules }) =>
          rules ? [[person.id, { rules, quiet: null }] as const] : [],
        ),
      ),
  };
}

/** `Payments EU` to `payments-eu`, and to `payments-eu-2` the next time. */
export function handles(): (wanted: string) => string {
  const taken = new Set<string>();
  return (wanted) => {
    const words = wanted
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 50)
      .replaceAll(/^-+|-+$/g, '');
    const first = words || 'imported';
    let handle = first;
    for (let number = 2; taken.has(handle); number += 1) handle = `${first}-${number}`;
    taken.add(handle);
    return handle;
  };
}

/** Our ids for theirs, made of names. */
export function idsOf(all: readonly { readonly id: string; readonly name: string }[]): Map<string, string> {
  const free = handles();
  return new Map(all.map(({ id, name }) => [id, free(name)]));
}

/** A team as the file has it. */
export function teamOf(id: string, name: string, description: string, members: readonly PersonId[]) {
  return {
    id: id as TeamId,
    name: cleanLine(name, 200) || id,
    description: cleanLine(description, 1000),
    members: [...new Set(members)],
    lead: null,
    schedule: null,
    policy: null,
  };
}

interface Contact {
  readonly their: string;
  readonly method: ContactMethod;
}

/** Of each kind and address one; a number is not ours to call before its owner proves it here. */
function contactsOf(person: PersonId, all: readonly TheirContact[]): Contact[] {
  const free = handles();
  const found: Contact[] = [];
  for (const { id, kind, address, enabled } of all) {
    const same = found.find(({ method }) => method.kind === kind && method.address === address);
    const method = same?.method ?? {
      id: free(`${person}-${kind}`),
      kind,
      address,
      verifiedAt: null,
      enabled,
    };
    found.push({ their: id, method });
  }
  return found;
}

function rulesOf({ high, low }: TheirPerson, contacts: readonly Contact[]): PersonalRules | null {
  const steps = (all: readonly TheirStep[] | null): RuleStep[] | null => {
    const found = (all ?? []).flatMap(({ contact, delayMs }) => {
      const ours = contacts.find(({ their }) => their === contact);
      return ours ? [{ delayMs, contact: ours.method.id }] : [];
    });
    return found.length > 0 ? found.toSorted((a, b) => a.delayMs - b.delayMs) : null;
  };
  const rules = { high: steps(high), low: steps(low), throttle: null, bundleMs: null };
  return rules.high || rules.low ? rules : null;
}

function zoneOr({ name, timezone }: TheirPerson, notes: Note[]): string {
  if (timezone === null || timezone === '') return 'UTC';
  try {
    return zoneOf(timezone).id;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    notes.push({
      about: `person ${cleanLine(name, 100)}`,
      says: `${error.message} UTC is taken.`,
      todo: 'Write their time zone in the file.',
    });
    return 'UTC';
  }
}

/** A setup out of what every export has; the rest nobody's export says. */
export function importedOf(
  schedules: readonly CarriedSchedule[],
  rest: Pick<SetupState, 'policies' | 'teams'>,
  people: Pick<Directory, 'people' | 'rules'>,
  notes: readonly Note[],
): Imported {
  return {
    setup: {
      ...rest,
      schedules: schedules.map(({ schedule }) => schedule),
      people: people.people(),
      rules: people.rules(),
      defaultPolicy: null,
      routes: [],
      heartbeats: [],
      services: [],
      syntheticPage: null,
      busyTeams: [],
    },
    schedules,
    notes,
  };
}
