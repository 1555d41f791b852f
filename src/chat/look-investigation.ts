import { catalogueOf, type Catalogue } from '#src/cause/catalogue.ts';
import type { AlertFact, CauseFacts, EventFact, SimilarFact } from '#src/cause/evidence.ts';
import { rankCauses, type RankedCause } from '#src/cause/rank.ts';
import type { Change } from '#src/changes/change.ts';
import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import type { RuleAnswer } from '#src/db/schema-investigations.ts';
import type { Reader } from '#src/db/schema.ts';
import type { Context } from '#src/engine/context.ts';
import { UserError } from '#src/errors.ts';
import type { EventType } from '#src/incident/events.ts';
import { shortName, type Incident } from '#src/incident/incident.ts';
import type { Viewer } from '#src/incident/privacy.ts';
import { shorten } from '#src/incident/text.ts';
import { describe } from '#src/incident/timeline.ts';
import type { Brief } from '#src/llm/investigate.ts';
import type { Data } from '#src/llm/task.ts';
import type { Edge, Finding, Runbook, Sight, Window } from '#src/llm/tools/sight.ts';

import { namesIn } from './card-view.ts';
import { causeFacts } from './look-cause.ts';
import { nameIn } from './names.ts';

/** What is known of an incident when its cause begins to be looked for. */
export interface Looked {
  readonly sight: Sight;
  readonly window: Window;
  readonly brief: Omit<Brief, 'notes'>;
  /** What rules take for the cause, in words. */
  readonly rules: readonly RuleAnswer[];
}

/**
 * What is found is read by everybody in the room, whoever asked for it: of other incidents it sees
 * what everybody may see, which is never more than the one who asked may.
 */
const EVERYBODY: Viewer = { id: null, role: 'viewer' };

/** What happened longer before the first alert is no cause of it, or one that nobody finds in this way. */
const BEFORE_MS = 86_400_000;
/** Calls between a service of the incident and another that is near. */
const NEAR = 3;
/** Told at once; the rest can be asked for. */
const FIRST_ALERTS = 15;
const FIRST_CHANGES = 10;
const FIRST_SIMILAR = 3;

/** Gathers what is known of an incident, and what rules make of it. */
export async function lookInto(eyes: Pick<Context, 'db' | 'now'>, incident: Incident): Promise<Looked> {
  const facts = await causeFacts(eyes, incident, EVERYBODY);
  const events = await eventsOf(eyes.db, incident.number);
  const names = await namesIn(eyes.db);
  const timeline = events
    .filter(({ type }) => !UNTOLD.has(type))
    .map((it) => ({ position: it.position, at: it.at, text: describe(it, (id) => nameIn(names, id)) }));
  return lookedAt({ ...facts, timeline }, incident, async (numbers) => await visibleOf(eyes.db, numbers));
}

/** What was looked into before would prove itself; of what was said in rooms the words are not there. */
const UNTOLD: ReadonlySet<EventType> = new Set([
  'incident.investigated',
  'incident.said',
  'incident.room_opened',
]);

interface Facts extends CauseFacts {
  /** Everything that happened, not only what people said. */
  readonly timeline: readonly EventFact[];
}

/** As `lookInto`, of facts that were gathered. `stillVisible` answers which of these incidents everybody may still see. */
export function lookedAt(
  facts: Facts,
  incident: Incident,
  stillVisible: (numbers: readonly number[]) => Promise<ReadonlySet<number>>,
): Looked {
  const catalogue = catalogueOf(facts.services);
  const ranked = rankCauses(facts);
  const window = { from: new Date(facts.onset.getTime() - BEFORE_MS), to: facts.until };
  const found = findingsOf(facts, catalogue, window);
  const near = nearby(facts, catalogue);
  const sight: Sight = {
    timeline: async () => found.events,
    alerts: async () => found.alerts,
    changes: async () => found.changes,
    similar: async () => found.similar,
    dependencies: async () => edgesOf(catalogue, near),
    runbooks: async () => runbooksOf(catalogue, near),
    visible: async (ids) => {
      const incidents = ids.filter((id) => id.startsWith(SIMILAR));
      const seen = await stillVisible(incidents.map((id) => Number(id.slice(SIMILAR.length))));
      return new Set(
        ids.filter((id) => !id.startsWith(SIMILAR) || seen.has(Number(id.slice(SIMILAR.length)))),
      );
    },
  };
  return {
    sight,
    window,
    brief: {
      incident: aboutIncident(incident, facts, window),
      rules: ranked.map((it) => ruleData(it, facts)),
      evidence: firstOf(found, ranked),
    },
    rules: ranked.map((it) => ({
      cause: shorten(causeWords(it, facts), 200),
      confidence: it.confidence,
      why: shorten(it.why, 300),
    })),
  };
}

const SIMILAR = 'similar:';

async function visibleOf(r: Reader, numbers: readonly number[]): Promise<ReadonlySet<number>> {
  const seen = new Set<number>();
  for (const number of numbers) {
    try {
      await findIncident(r, number, EVERYBODY);
      seen.add(number);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return seen;
}

interface Findings {
  readonly events: readonly Finding[];
  readonly alerts: readonly Finding[];
  readonly changes: readonly Finding[];
  readonly similar: readonly Finding[];
}

function findingsOf(facts: Facts, catalogue: Catalogue, window: Window): Findings {
  const named = (service: string | null) =>
    service === null ? null : (catalogue.find(service)?.id ?? service);
  return {
    events: facts.timeline.map(({ position, at, text }) => ({
      id: `event:${position}`,
      at,
      about: null,
      text,
    })),
    alerts: facts.alerts
      .toSorted((a, b) => a.firstAt.getTime() - b.firstAt.getTime())
      .map((it) => ({
        id: `alert:${it.id}`,
        at: it.firstAt,
        about: named(it.service),
        text: alertWords(it),
      })),
    changes: nearestFirst(facts.changes, facts.onset).map((it) => ({
      id: `change:${it.id}`,
      at: it.startedAt >= window.from ? it.startedAt : it.endedAt,
      about: named(it.service),
      text: changeWords(it),
    })),
    // They were before the window: what they prove is that it happened, not when.
    similar: facts.similar.map((it) => ({
      id: `${SIMILAR}${it.number}`,
      at: null,
      about: named(it.service),
      text: similarWords(it),
    })),
  };
}

/** Those before the first alert, the latest first; then those after it. */
function nearestFirst(changes: readonly Change[], onset: Date): Change[] {
  const distance = ({ startedAt }: Change) => {
    const before = onset.getTime() - startedAt.getTime();
    return before >= 0 ? before : Number.MAX_SAFE_INTEGER + before;
  };
  return changes.toSorted((a, b) => distance(a) - distance(b));
}

function alertWords({ rule, title, severity, labels, metrics }: AlertFact): string {
  const said = pairs(labels);
  const figures = pairs(metrics);
  return [
    `${severity ?? 'Alert'}: ${title}${rule === title ? '' : ` (rule ${rule})`}`,
    ...(said === '' ? [] : [`labels ${said}`]),
    ...(figures === '' ? [] : [`figures ${figures}`]),
  ].join('; ');
}

function changeWords({ kind, title, author, status, environment, size, details }: Change): string {
  const said = pairs(details);
  return [
    `${kind} "${title}" ${status}`,
    ...(author === null ? [] : [`by ${author}`]),
    ...(environment === null ? [] : [`in ${environment}`]),
    ...(size === null ? [] : [`${size} files or commits`]),
    ...(said === '' ? [] : [said]),
  ].join('; ');
}

function similarWords({ number, title, closedAt, rootCause, score }: SimilarFact): string {
  const day = closedAt.toISOString().slice(0, 10);
  const cause = rootCause === null ? 'nobody wrote down the cause' : `the cause was: ${rootCause}`;
  return `${shortName(number)} "${title}", closed ${day}; ${cause}; likeness ${score.toFixed(2)}`;
}

function pairs(all: Readonly<Record<string, string | number>>): string {
  return Object.entries(all)
    .slice(0, 12)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}

/** The services of the incident and those a few calls away, by id. */
function nearby({ service, alerts, changes }: CauseFacts, catalogue: Catalogue): ReadonlySet<string> {
  const names = [service, ...alerts.map((it) => it.service), ...changes.map((it) => it.service)];
  const own = names.flatMap((it) => (it === null ? [] : (catalogue.find(it)?.id ?? [])));
  const around = own.flatMap((id) =>
    [...catalogue.dependencies(id), ...catalogue.dependents(id)]
      .filter(({ distance }) => distance <= NEAR)
      .map((it) => it.id),
  );
  return new Set([...own, ...around]);
}

function edgesOf({ services }: Catalogue, near: ReadonlySet<string>): Edge[] {
  return services
    .filter(({ id }) => near.has(id))
    .flatMap(({ id, dependsOn }) => dependsOn.map((to) => ({ from: id, to })))
    .filter(({ to }) => near.has(to));
}

function runbooksOf({ services }: Catalogue, near: ReadonlySet<string>): Runbook[] {
  return services.flatMap(({ id, runbook }) =>
    runbook !== null && near.has(id) ? [{ id: `runbook:${id}`, service: id, url: runbook }] : [],
  );
}

function aboutIncident(incident: Incident, { onset, service }: CauseFacts, { from, to }: Window): Data {
  const { number, title, description, impact, severity, status, category, environment } = incident;
  return {
    name: shortName(number),
    title,
    description: shorten(description, 1500),
    impact: shorten(impact, 500),
    severity,
    status,
    category,
    environment,
    service,
    first_alert_at: onset.toISOString(),
    window: { from: from.toISOString(), to: to.toISOString() },
  };
}

function ruleData(it: RankedCause, facts: CauseFacts): Data {
  return {
    cause: causeWords(it, facts),
    kind: it.entity.kind,
    service: it.entity.service,
    confidence: it.confidence,
    why: it.why,
    evidence_ids: it.evidence,
    counter_evidence_ids: it.against,
  };
}

function causeWords({ entity }: RankedCause, { changes }: CauseFacts): string {
  if (entity.kind === 'pod') return `the pod ${entity.name}`;
  if (entity.kind === 'service') return entity.name;
  const change = changes.find(({ id }) => id === entity.name);
  const of = entity.service === null ? '' : ` of ${entity.service}`;
  return change ? `the ${change.kind} "${change.title}"${of}` : entity.name;
}

/** What the rules' answer rests on, and the first of each kind. */
function firstOf({ events, alerts, changes, similar }: Findings, ranked: readonly RankedCause[]): Finding[] {
  const cited = new Set(ranked.flatMap(({ evidence, against }) => [...evidence, ...against]));
  const all = [...alerts, ...changes, ...similar, ...events];
  const first = [
    ...alerts.slice(0, FIRST_ALERTS),
    ...changes.slice(0, FIRST_CHANGES),
    ...similar.slice(0, FIRST_SIMILAR),
  ];
  const kept = new Set([...all.filter(({ id }) => cited.has(id)), ...first]);
  return all.filter((it) => kept.has(it));
}
