import { openTitles, type OpenTitle } from '#src/db/incidents.ts';
import { pictureOf } from '#src/db/pictures.ts';
import type { Reader } from '#src/db/schema.ts';
import { shortName, type Incident } from '#src/incident/incident.ts';
import { wordsOf } from '#src/search/words.ts';

/** Open incidents that are looked at, the newest first; a storm has more, and is folded by rules. */
const LOOKED_AT = 100;
const CANDIDATES = 5;
/** Of the words of the shorter title. Below this two incidents have nothing in common but the trade. */
const LEAST = 0.34;
const TITLES = 5;

/**
 * The open incidents that look like a fresh one by their words and services, and the fresh one
 * itself, as a model reads them. A private one is compared with none, and none with it.
 */
export async function alikeTo(r: Reader, incident: Incident) {
  const { number, environment, resource } = incident;
  const own = { ...incident, service: resource?.name ?? null };
  if (incident.isPrivate) return { fresh: await seen(r, own), candidates: [] };
  const nearest = (await openTitles(r, environment, { besides: number, limit: LOOKED_AT }))
    .map((it) => ({ it, score: likeness(own, it) }))
    .filter(({ score }) => score >= LEAST)
    .toSorted((a, b) => b.score - a.score || b.it.number - a.it.number)
    .slice(0, CANDIDATES);
  const candidates = [];
  for (const { it } of nearest) candidates.push(await seen(r, it));
  return { fresh: await seen(r, own), candidates };
}

async function seen(r: Reader, { number, title, service, severity, createdAt }: OpenTitle) {
  const { alerts } = await pictureOf(r, number, { ids: [], most: TITLES });
  return {
    incident: shortName(number),
    title,
    service,
    severity,
    openedAt: createdAt.toISOString(),
    alerts: alerts.map((it) => it.title),
  };
}

/** How much of the shorter title the other one has too; the same service counts as half of it. */
function likeness(a: OpenTitle, b: OpenTitle): number {
  const [one, other] = [new Set(wordsOf(a.title)), new Set(wordsOf(b.title))];
  const shorter = Math.min(one.size, other.size);
  const shared = [...one].filter((word) => other.has(word)).length;
  const sameService = a.service !== null && a.service === b.service;
  return (shorter === 0 ? 0 : shared / shorter) + (sameService ? 0.5 : 0);
}
