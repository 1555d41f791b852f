import type { PersonId } from '#src/incident/person.ts';

import { saidTarget, type Target } from './policy.ts';
import type { Resolve } from './reach.ts';
import { hourAt } from './windows.ts';
import { count, listed } from './words.ts';

/** Contracts 1.5. */
export const STRATEGIES = ['direct', 'on_call', 'load_balanced', 'skill_based', 'geo_based'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** What is known of a person who may be chosen. */
export interface Profile {
  readonly id: PersonId;
  readonly skills: readonly string[];
  readonly region: string | null;
  readonly timezone: string;
  /** Incidents that are theirs and not over. */
  readonly openIncidents: number;
  /** Pages of the last day. */
  readonly recentPages: number;
}

/** What strategies know of the world. */
export interface Crew {
  readonly resolve: Resolve;
  readonly profiles: readonly Profile[];
  /** The schedule of each team that has one. */
  readonly schedules: Readonly<Record<string, string>>;
}

export interface Wanted {
  readonly targets: readonly Target[];
  readonly strategy: Strategy;
  /** For `skill_based`. */
  readonly skills: readonly string[];
  /** For `geo_based`: where the incident is, as far as is known. */
  readonly region: string | null;
}

interface Chosen {
  readonly targets: readonly Target[];
  /** A clause. */
  readonly why: string;
}

/** Hours at which people can be expected to be up: from 8 to before 22, by the clock where they live. */
const AWAKE = { from: 8, to: 22 } as const;

/**
 * Who of a rule's targets is meant. `direct`: all of them; `on_call`: instead of
 * a whole team who is on call for it. The others choose one person out of all
 * that the targets come to: the one with the least to do, with the skills, or
 * in the region and awake; where two are alike the one with the least to do.
 * Where nobody fits, all are meant: a rule may never choose that nobody is told.
 */
export function choose(wanted: Wanted, crew: Crew, at: Date): Chosen {
  return STRATEGY[wanted.strategy](wanted, crew, at);
}

const STRATEGY: Record<Strategy, (wanted: Wanted, crew: Crew, at: Date) => Chosen> = {
  direct: ({ targets }, { resolve }) => ({ targets, why: `all of them: ${saidTargets(targets, resolve)}` }),
  on_call: ({ targets }, { schedules, resolve }) => {
    const onCall = targets.map((target) => {
      const schedule =
        target.kind === 'team' && Object.hasOwn(schedules, target.id) ? schedules[target.id] : undefined;
      return schedule === undefined ? target : { kind: 'schedule' as const, id: schedule, fallback: target };
    });
    return { targets: onCall, why: `whoever is on call: ${saidTargets(onCall, resolve)}` };
  },
  load_balanced: (wanted, crew, at) =>
    one(wanted, crew, people(wanted, crew, at), (it) => `has ${load(it)}, the least`),
  skill_based: (wanted, crew, at) => {
    const all = people(wanted, crew, at);
    const has = ({ skills }: Profile) => wanted.skills.filter((it) => skills.includes(it));
    const most = Math.max(0, ...all.map((it) => has(it).length));
    const asked = listed(wanted.skills, 'or') || 'what is asked';
    if (most === 0) return everybody(wanted, crew, `nobody of them knows ${asked}`);
    const able = all.filter((it) => has(it).length === most);
    return one(wanted, crew, able, (it) => `knows ${listed(has(it))} and has ${load(it)}`);
  },
  geo_based: (wanted, crew, at) => {
    const awake = people(wanted, crew, at).filter(({ timezone }) => {
      const hour = hourAt(at, timezone);
      return hour >= AWAKE.from && hour < AWAKE.to;
    });
    const near = awake.filter((it) => wanted.region !== null && it.region === wanted.region);
    if (awake.length === 0) return everybody(wanted, crew, 'nobody of them is awake by their clocks');
    const where = near.length > 0 ? `is in ${wanted.region}, awake` : 'is awake';
    return one(
      wanted,
      crew,
      near.length > 0 ? near : awake,
      (it) => `${where} (${it.timezone}), and has ${load(it)}`,
    );
  },
};

/** The least busy of them, beside the targets that are nobody in person. */
function one(
  wanted: Wanted,
  crew: Crew,
  candidates: readonly Profile[],
  why: (chosen: Profile) => string,
): Chosen {
  const chosen = candidates.toSorted(lessBusy)[0];
  if (!chosen) return everybody(wanted, crew, 'nobody of them is known well enough to choose');
  const rooms = wanted.targets.filter((it) => !isOfPeople(it));
  const target = { kind: 'person', id: chosen.id } as const;
  return { targets: [target, ...rooms], why: `${saidTarget(target, crew.resolve.nameOf)} ${why(chosen)}` };
}

function everybody({ targets }: Wanted, { resolve }: Crew, why: string): Chosen {
  return { targets, why: `${why}, so all of them: ${saidTargets(targets, resolve)}` };
}

function people({ targets }: Wanted, { resolve, profiles }: Crew, at: Date): Profile[] {
  const ids = new Set(targets.filter(isOfPeople).flatMap(({ kind, id }) => resolve({ kind, id }, at).people));
  return profiles.filter((it) => ids.has(it.id));
}

function isOfPeople({ kind }: Target): boolean {
  return kind === 'person' || kind === 'team' || kind === 'schedule';
}

function lessBusy(a: Profile, b: Profile): number {
  return a.openIncidents - b.openIncidents || a.recentPages - b.recentPages || (a.id < b.id ? -1 : 1);
}

function load({ openIncidents, recentPages }: Profile): string {
  return `${count(openIncidents, 'open incident')} and ${count(recentPages, 'page')}`;
}

function saidTargets(targets: readonly Target[], { nameOf }: Resolve): string {
  return listed(targets.map((it) => saidTarget(it, nameOf))) || 'none';
}
