import { catalogueOf, type Catalogue } from '#src/cause/catalogue.ts';
import { namesNear, partsOf } from '#src/cause/near.ts';
import { listServices } from '#src/db/catalogue.ts';
import type { Tx } from '#src/db/schema.ts';
import { openedSince } from '#src/db/storms.ts';
import type { Plan } from '#src/incident/grouping.ts';

import type { EngineSettings } from './context.ts';
import { groupKeyOf } from './group-key.ts';
import type { Prepared } from './prepared.ts';

/** What lies around the alerts that would open an incident. */
export interface Around {
  /** By an alert's fingerprint the groups next to its own. */
  readonly near: ReadonlyMap<string, readonly string[]>;
  /** By an alert's fingerprint the part of the system, and its environment, that a storm may sweep over. */
  readonly parts: ReadonlyMap<string, string>;
  /** By such a part the incidents that alerts opened there of late. */
  readonly recent: ReadonlyMap<string, readonly number[]>;
}

/**
 * Looks around where a plan opens incidents, before any is opened; null where
 * nothing is to be seen, as for services that the catalogue does not know. What it
 * finds has to be locked first of all, so the transaction begins again with it; most
 * alerts open nothing and never come here.
 */
export async function lookAround(
  tx: Tx,
  prepared: readonly Prepared[],
  planned: Plan,
  settings: EngineSettings,
  now: Date,
): Promise<Around | null> {
  const opening = prepared.filter((_, index) => planned.placed[index]?.verdict === 'opened');
  if (opening.length === 0 || settings.stormWindowMs <= 0) return null;
  const catalogue = catalogueOf(await listServices(tx));
  if (catalogue.services.length === 0) return null;
  const near = groupsNear(catalogue, opening, settings);
  const recent = await openedOfLate(tx, catalogue, opening, settings, now);
  const parts = partsSwept(catalogue, opening, recent, settings);
  const isCalm = recent.size === 0 && parts.size < 2;
  return near.size === 0 && isCalm ? null : { near, parts, recent };
}

/** Only direct neighbours: what is two calls away has a room of its own sooner than a wrong one. */
const STEPS = 1;

function groupsNear(catalogue: Catalogue, opening: readonly Prepared[], { groupBy }: EngineSettings) {
  const near = new Map<string, readonly string[]>();
  if (!groupBy.includes('service')) return near;
  for (const { alert, triage, fingerprint } of opening) {
    const names = triage.service === null ? [] : namesNear(catalogue, triage.service, STEPS);
    if (names.length === 0) continue;
    const keys = names.map((service) => groupKeyOf(alert, { ...triage, service }, groupBy));
    near.set(fingerprint, keys);
  }
  return near;
}

/**
 * The part of the system that each alert is of. One whose ties nobody knows is of the part where a storm is, if
 * there is one; it makes none by itself.
 */
function partsSwept(
  catalogue: Catalogue,
  opening: readonly Prepared[],
  recent: ReadonlyMap<string, readonly number[]>,
  { stormSize }: EngineSettings,
) {
  const parts = new Map<string, string>();
  if (stormSize <= 0) return parts;
  const partOf = partsOf(catalogue);
  for (const { alert, triage, fingerprint } of opening) {
    const part = triage.service === null ? null : partOf(triage.service);
    if (part === null) continue;
    const environment = alert.environment ?? 'production';
    const key =
      part === 'untied' ? stormyIn(environment, recent, stormSize) : sweptIn(environment, part.part);
    if (key !== null) parts.set(fingerprint, key);
  }
  return parts;
}

async function openedOfLate(
  tx: Tx,
  catalogue: Catalogue,
  opening: readonly Prepared[],
  { stormSize, stormWindowMs }: EngineSettings,
  now: Date,
) {
  const recent = new Map<string, number[]>();
  if (stormSize <= 0) return recent;
  const environments = [...new Set(opening.map(({ alert }) => alert.environment ?? 'production'))];
  const partOf = partsOf(catalogue);
  for (const it of await openedSince(tx, environments, new Date(now.getTime() - stormWindowMs))) {
    const part = it.service === null ? null : partOf(it.service);
    if (part === null || part === 'untied') continue;
    const key = sweptIn(it.environment, part.part);
    recent.set(key, [...(recent.get(key) ?? []), it.number]);
  }
  return recent;
}

function stormyIn(
  environment: string,
  recent: ReadonlyMap<string, readonly number[]>,
  size: number,
): string | null {
  const all = [...recent].filter(([key, { length }]) => key.startsWith(`${environment}/`) && length >= size);
  return all.toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? null;
}

function sweptIn(environment: string, part: string): string {
  return `${environment}/${part}`;
}
