import { alikeTo } from '#src/chat/look-triage.ts';
import { findAlertEvent } from '#src/db/alert-events.ts';
import { listServices } from '#src/db/catalogue.ts';
import { findIncident } from '#src/db/incidents.ts';
import { lessonsFor, repeatedBy } from '#src/db/lessons.ts';
import { suggestDuplicate, triage as makeIt, type Triaged } from '#src/engine/triage.ts';
import { isOpen, parseRef, type Incident, type IncidentNumber } from '#src/incident/incident.ts';
import type { LessonField } from '#src/incident/lesson.ts';
import type { About } from '#src/llm/door.ts';
import { classifyTask, raisedTo } from '#src/llm/tasks/classify.ts';
import { duplicateTask } from '#src/llm/tasks/duplicate.ts';
import { isMachineMade, titleTask } from '#src/llm/tasks/title.ts';

import type { Deps } from './deps.ts';
import { MODEL, PRIORITY, type Reaction, type Work } from './reaction.ts';

/**
 * Looks again at an incident that an alert opened, where rules were unsure: a model may raise its severity, name
 * its category and service, and say that it looks like another one. Page and room were on their way before.
 */
export const triage: Reaction<Deps> = {
  name: 'triage',
  priority: PRIORITY.enrichment,
  lane: 'triage',
  destination: MODEL,
  // What is asked one after the other, and some time for the rest.
  deadlineMs: titleTask.deadlineMs + classifyTask.deadlineMs + duplicateTask.deadlineMs + 15_000,
  on: ['incident.declared'],
  async run({ incident: number, event, signal }, deps) {
    if (event?.type !== 'incident.declared' || event.by.type !== 'integration') return;
    const incident = await findIncident(deps.db, number);
    if (!isOpen(incident)) return;
    const isToldApart = await knownToRepeat(deps, incident, event.data.rule ?? '');
    // Where nobody would answer, rules have said it all, and gathering what to ask only takes time from pages.
    if (!deps.llm.isOpen || isLeftAlone(deps.llm)) return;
    const about = { incident: number, isPrivate: incident.isPrivate, priority: 'soon', signal } as const;
    const isGuess = event.data.triage !== undefined;
    const found = await classified({ deps, incident, about, isGuess, rule: event.data.rule ?? '' });
    if (found) await makeIt(deps.system, number, found);
    if (!isToldApart) await compared(deps, incident, about);
  },
};

/** No model would be asked now, because each of them failed again and again. */
function isLeftAlone(llm: Deps['llm']): boolean {
  return llm.setup?.().models.every(({ mayBeAsked }) => !mayBeAsked) ?? false;
}

/** People merged one of its rule before; no model has to say so again. */
async function knownToRepeat({ db, system }: Deps, incident: Incident, rule: string): Promise<boolean> {
  if (rule === '' || incident.isPrivate) return false;
  const of = await repeatedBy(db, { rule, source: incident.source }, incident);
  if (of === null) return false;
  await suggestDuplicate(system, incident.number, {
    of: of as IncidentNumber,
    isSame: true,
    reason: 'people merged such incidents before',
  });
  return true;
}

interface Fresh {
  readonly deps: Deps;
  readonly incident: Incident;
  readonly about: About & Pick<Work, 'signal'>;
  /** The sender did not say how bad it is. */
  readonly isGuess: boolean;
  readonly rule: string;
}

async function classified({ deps, incident, about, isGuess, rule }: Fresh): Promise<Triaged | null> {
  const { db, llm } = deps;
  const title = await titled({ deps, incident, about, isGuess, rule });
  const titleAlone = title === undefined ? null : { title, reason: '' };
  const isUnsure = isGuess || incident.category === 'other' || incident.resource === null;
  if (!isUnsure) return titleAlone;
  const sent = incident.sourceEventId === null ? null : await findAlertEvent(db, incident.sourceEventId);
  const labels = labelsIn(sent?.alert) ?? incident.tags;
  const { severity, category, resource } = incident;
  const lessons = await lessonsFor(db, [rule]);
  const isTaught = (field: LessonField, value: string) =>
    lessons.some((it) => it.field === field && it.source === incident.source && it.value === value);
  const input = {
    title: incident.title,
    description: incident.description,
    rule,
    source: incident.source,
    labels,
    byRules: { severity, category, service: resource?.name ?? null },
    services: (await listServices(db)).map(({ id }) => id),
  };
  const { value, source, model } = await llm.ask(classifyTask, input, about);
  if (source === 'rules' || model === null) return titleAlone;
  return {
    // What people taught is no guess.
    severity:
      isGuess && !isTaught('severity', severity) ? (raisedTo(severity, value) ?? undefined) : undefined,
    category: isTaught('category', category) ? undefined : value.category,
    service: value.service ?? undefined,
    title,
    reason: `${model} reads it so: ${value.why}`,
  };
}

function labelsIn(alert: object | undefined): Readonly<Record<string, string>> | null {
  return alert && 'labels' in alert ? (alert.labels as Readonly<Record<string, string>>) : null;
}

async function titled({ deps, incident, about, rule }: Fresh): Promise<Triaged['title']> {
  const { title: from, description, resource } = incident;
  if (!isMachineMade(from)) return undefined;
  const input = { title: from, description, rule, service: resource?.name ?? null };
  const { value, source } = await deps.llm.ask(titleTask, input, about);
  return source === 'rules' ? undefined : { from, to: value.title };
}

async function compared(deps: Deps, incident: Incident, about: About): Promise<void> {
  const { fresh, candidates } = await alikeTo(deps.db, incident);
  if (candidates.length === 0) return;
  const { value, source, model } = await deps.llm.ask(duplicateTask, { fresh, candidates }, about);
  if (source === 'rules' || value.decision === 'new' || value.target === null) return;
  const target = parseRef(value.target);
  if (!target || !('number' in target)) return;
  await suggestDuplicate(deps.system, incident.number, {
    of: target.number as IncidentNumber,
    isSame: value.decision === 'duplicate',
    reason: `${model} reads it so: ${value.why}`,
  });
}
