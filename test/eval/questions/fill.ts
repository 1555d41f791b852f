import { randomUUID } from 'node:crypto';

import { insertIncidents } from '#src/db/incidents.ts';
import { savePerson, saveTeam } from '#src/db/people.ts';
import type { Db, Tx } from '#src/db/schema.ts';
import { draft } from '#src/incident/opening.ts';
import { SYSTEM, type PersonId, type TeamId } from '#src/incident/person.ts';

import { NOW, PEOPLE, TEAMS, type Message, type Seed, type Store } from './store.ts';

/** Writes a store into an empty database, as the program would have. */
export async function fill(db: Db, store: Store): Promise<void> {
  for (const { id, name, timezone } of PEOPLE) {
    const person = {
      id: id as PersonId,
      name,
      email: null,
      role: 'responder',
      timezone,
      active: true,
    } as const;
    await savePerson(db, person, NOW);
  }
  for (const id of TEAMS) {
    const name = id.charAt(0).toUpperCase() + id.slice(1);
    await saveTeam(db, { id: id as TeamId, name, members: [] }, NOW);
  }
  await db.transaction().execute(async (tx) => {
    await fillIncidents(tx, store.incidents);
    await fillAlerts(tx, store);
    await fillPages(tx, store);
    await fillChanges(tx, store);
  });
}

async function fillIncidents(tx: Tx, seeds: readonly Seed[]): Promise<void> {
  const drafts = seeds.map((it) => ({
    ...draft(
      {
        title: it.title,
        severity: it.severity,
        category: it.category,
        environment: it.environment,
        resource: it.service ? { type: 'service', id: it.service, name: it.service, metadata: {} } : null,
        isPrivate: it.isSecret,
        source: it.source,
        fingerprint: `seed-${it.number}`,
        detectedAt: it.detected,
      },
      { by: SYSTEM, at: it.opened },
    ),
    status: it.status,
    team: it.team as TeamId | null,
    assignee: it.isSecret ? null : (it.assignee as PersonId | null),
    acknowledgedAt: it.acknowledged,
    resolvedAt: it.resolved,
    closedAt: it.closed,
    sla: { ...draftSla(it), acknowledgmentBreached: it.lateAck, resolutionBreached: it.lateFix },
  }));
  const made = await insertIncidents(tx, drafts, NOW);
  if (made.some(({ number }, index) => number !== index + 1)) throw new Error('the database was not empty');
  for (const { number, mergedInto } of seeds) {
    if (mergedInto === null) continue;
    await tx.updateTable('incidents').set({ duplicateOf: mergedInto }).where('number', '=', number).execute();
  }
  await fillEvents(tx, seeds);
}

function draftSla({ severity, opened }: Seed) {
  const promised = severity === 'P4' ? null : new Date(opened.getTime() + 3_600_000);
  return { acknowledgmentDeadline: promised, resolutionDeadline: promised };
}

async function fillEvents(tx: Tx, seeds: readonly Seed[]): Promise<void> {
  const rows = seeds.flatMap((it) => [
    { incident: it.number, type: 'incident.declared', at: it.opened, data: { rule: it.rule } },
    ...it.reopened.map((at) => ({ incident: it.number, type: 'incident.reopened', at, data: {} })),
    ...it.escalated.map((at) => ({ incident: it.number, type: 'incident.escalated', at, data: {} })),
  ]);
  const places = new Map<number, number>();
  const all = rows.map(({ data, ...row }) => {
    const position = (places.get(row.incident) ?? 0) + 1;
    places.set(row.incident, position);
    const rest = { actor: JSON.stringify(SYSTEM), hash: '', dispatchedAt: NOW };
    return { ...row, position, data: JSON.stringify(data), ...rest };
  });
  await tx.insertInto('incidentEvents').values(all).execute();
}

async function fillAlerts(tx: Tx, { messages }: Store): Promise<void> {
  const rows = messages.map((it, index) => ({
    id: randomUUID(),
    externalId: `seed-${index}`,
    source: it.source,
    fingerprint: `f-${it.rule}-${it.service}`,
    incident: null,
    duplicate: it.repeat,
    duplicateOf: null,
    state: it.firing ? ('firing' as const) : ('resolved' as const),
    severity: it.severity,
    alert: JSON.stringify({ rule: it.rule, service: it.service, environment: 'production' }),
    payload: JSON.stringify({}),
    at: it.at,
    receivedAt: it.at,
  }));
  await tx.insertInto('alertEvents').values(rows).execute();
  const known = new Map(messages.map((it) => [`f-${it.rule}-${it.service}`, it]));
  for (const [fingerprint, it] of known) {
    await tx
      .insertInto('alertGroups')
      .values({ key: fingerprint, incident: null, touchedAt: it.at })
      .execute();
    await tx.insertInto('alerts').values(alertOf(fingerprint, it)).execute();
  }
}

function alertOf(fingerprint: string, { at, ...it }: Message) {
  return {
    fingerprint,
    crossKey: null,
    groupKey: fingerprint,
    incident: null,
    source: it.source,
    rule: it.rule,
    title: it.rule,
    severity: it.severity,
    service: it.service,
    environment: 'production' as const,
    state: 'resolved' as const,
    labels: JSON.stringify({}),
    about: JSON.stringify({}),
    links: JSON.stringify([]),
    times: 1,
    firstAt: at,
    lastAt: at,
    firedAt: at,
    firedBy: randomUUID(),
    copies: JSON.stringify([]),
    resolvedAt: at,
    mutedBy: null,
  };
}

async function fillPages(tx: Tx, { calls }: Store): Promise<void> {
  const rows = calls.map((it, index) => ({
    id: `page-${index}`,
    incident: null,
    key: `page-${index}`,
    recipientKind: 'person' as const,
    recipient: it.person,
    level: 1,
    cycle: 1,
    urgency: 'high' as const,
    severity: it.severity,
    reason: 'level 1',
    requestedBy: JSON.stringify(SYSTEM),
    requestedAt: it.at,
    kind: index % 50 === 0 ? ('test' as const) : ('page' as const),
    title: null,
    answeredBy: null,
    answeredAt: null,
  }));
  await tx.insertInto('pages').values(rows).execute();
}

async function fillChanges(tx: Tx, { rollouts }: Store): Promise<void> {
  const rows = rollouts.map((it, index) => ({
    id: `change-${index}`,
    source: 'github',
    kind: it.kind,
    service: it.service,
    environment: 'production' as const,
    size: null,
    title: `Change ${index}`,
    author: null,
    url: null,
    startedAt: it.at,
    endedAt: null,
    status: 'succeeded' as const,
    details: JSON.stringify({}),
    heardAt: it.at,
  }));
  await tx.insertInto('changes').values(rows).execute();
}
