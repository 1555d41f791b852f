import { eventsOf } from '#src/db/events.ts';
import { findIncident } from '#src/db/incidents.ts';
import {
  correctionsOf,
  forgetLesson,
  lessonsFor,
  saveCorrection,
  saveLesson,
  saveUses,
} from '#src/db/lessons.ts';
import type { Reader, Tx } from '#src/db/schema.ts';
import { UserError } from '#src/errors.ts';
import { unchanged } from '#src/incident/changes.ts';
import { event, type Decision } from '#src/incident/decision.ts';
import { rank, SEVERITIES, shortName, type Incident, type Severity } from '#src/incident/incident.ts';
import { isLearned, taught, TIMES, type Lesson, type LessonField } from '#src/incident/lesson.ts';
import type { Actor, PersonId } from '#src/incident/person.ts';

import { change } from './change.ts';
import { shortId, type Context } from './context.ts';
import type { Prepared } from './prepared.ts';

/** What a person said of a field of an incident. */
export interface Correction {
  readonly field: LessonField;
  readonly value: string;
  readonly lowers: boolean;
  readonly by: string;
  readonly at: Date;
}

/**
 * Keeps what somebody corrected, and draws the conclusion where people said the same often enough. An incident
 * that no alert opened teaches nothing. Done twice it changes nothing.
 */
export async function correct(
  ctx: Context,
  number: number,
  corrections: readonly Correction[],
): Promise<void> {
  await change(ctx, number, async (before, who, tx) => {
    const of = await ruleOf(tx, before);
    let all: Decision = unchanged(before);
    if (!of) return all;
    for (const { field, value, lowers, by, at } of corrections) {
      const about = { source: of.source, rule: of.rule, service: serviceFor(field, of) };
      // Made less bad and then a little worse again is still less bad than it came.
      const isLess = lowers || (field === 'severity' && isLessBad(value, of.severity));
      const row = {
        ...about,
        team: before.team,
        incident: number,
        field,
        value,
        lowers: isLess,
        byPerson: by,
        at,
      };
      await saveCorrection(tx, row);
      const said = await correctionsOf(tx, row, TIMES);
      if (!isLearned(said)) continue;
      const reason = `people said so ${TIMES} times`;
      const lesson = {
        ...about,
        team: before.team,
        field,
        value,
        reason,
        madeBy: null,
        madeAt: who.at,
        incident: number,
      };
      const id = shortId(ctx);
      if (!(await saveLesson(tx, { ...lesson, id }))) continue;
      const told = event(
        before,
        'incident.lesson_learned',
        { lesson: id, rule: of.rule, field, value, reason },
        who,
      );
      all = { ...all, events: [...all.events, told] };
    }
    return all;
  });
}

/**
 * Somebody merged one incident into another: the next one that its rule opens is likely to repeat what the other's
 * rule opens. That is only ever suggested, so once is enough.
 */
export async function learnMerge(ctx: Context, number: number, into: number, by: Actor): Promise<void> {
  await change(ctx, number, async (before, who, tx) => {
    const of = await ruleOf(tx, before);
    const other = await ruleOf(tx, await findIncident(tx, into));
    if (!of || !other || other.rule === of.rule) return unchanged(before);
    await saveLesson(tx, {
      source: of.source,
      rule: of.rule,
      service: null,
      team: before.team,
      id: shortId(ctx),
      field: 'duplicate',
      value: other.rule,
      reason: `${by.name} merged ${shortName(number)} into ${shortName(into)}`,
      madeBy: by.type === 'user' ? (by.id as PersonId) : null,
      madeAt: who.at,
      incident: number,
    });
    return unchanged(before);
  });
}

/**
 * From now on alerts of the incident's rule, of its service, open with what this field of it is now.
 *
 * @throws UserError `conflict` where no alert opened it, or the field says nothing; `not_found`
 */
export async function learn(ctx: Context, number: number, field: LessonField): Promise<Omit<Lesson, 'id'>> {
  const learned: { lesson?: Omit<Lesson, 'id'> } = {};
  await change(ctx, number, async (before, who, tx) => {
    const of = await ruleOf(tx, before);
    if (!of) {
      const text = `No alert rule opened ${shortName(number)}, so there is nothing that it could hold for.`;
      throw new UserError('conflict', text);
    }
    const value = valueOf(before, field);
    if (value === null) {
      throw new UserError(
        'conflict',
        `${shortName(number)} has no ${field} yet. Set it first: \`edit --${field} ...\`.`,
      );
    }
    const lesson = { source: of.source, rule: of.rule, service: serviceFor(field, of), field, value };
    learned.lesson = lesson;
    const id = shortId(ctx);
    const reason = `${ctx.actor.name} said so`;
    const madeBy = ctx.actor.type === 'user' ? (ctx.actor.id as PersonId) : null;
    const row = { ...lesson, team: before.team, id, reason, madeBy, madeAt: who.at, incident: number };
    if (!(await saveLesson(tx, row))) return unchanged(before);
    const said = event(
      before,
      'incident.lesson_learned',
      { lesson: id, rule: of.rule, field, value, reason },
      who,
    );
    return { ...unchanged(before), events: [said] };
  });
  if (!learned.lesson) throw new Error('a lesson was neither learned nor refused');
  return learned.lesson;
}

/** @throws UserError `not_found` where no such lesson holds */
export async function forget(ctx: Context, id: string): Promise<void> {
  if (await forgetLesson(ctx.db, id, ctx.now())) return;
  throw new UserError('not_found', `There is no lesson ${id}. \`lessons\` shows those that hold.`);
}

/** An alert as people have taught us to see it, and what was used for that. */
export interface Seen {
  readonly as: Prepared;
  readonly used: readonly Lesson[];
}

/** Alerts in their order; one that does not fire is seen as it came. */
export async function withLessons(tx: Tx, prepared: readonly Prepared[]): Promise<Seen[]> {
  const firing = prepared.filter(({ alert }) => alert.state === 'firing' && alert.rule !== '');
  const lessons = await lessonsFor(tx, [...new Set(firing.map(({ alert }) => alert.rule))]);
  return prepared.map((it) => {
    const { alert, triage } = it;
    const { judged, used } = taught(triage, alert, lessons);
    if (used.length === 0) return { as: it, used };
    const isMoved = used.some(({ field }) => field === 'service');
    const as = {
      ...it,
      alert: isMoved ? { ...alert, resource: null } : alert,
      triage: { ...triage, ...judged },
    };
    return { as, used };
  });
}

/** That they were used is known afterwards, so that it can be seen how they do. */
export async function keepUses(
  tx: Tx,
  used: readonly { readonly incident: Incident | undefined; readonly used: readonly Lesson[] }[],
  at: Date,
): Promise<void> {
  const uses = used.flatMap(({ incident, used: all }) =>
    incident ? all.map(({ id }) => ({ lesson: id, incident: incident.number, at })) : [],
  );
  await saveUses(tx, uses);
}

interface Rule {
  readonly source: string;
  readonly rule: string;
  /** As it now is. */
  readonly service: string | null;
  /** As which it opened. */
  readonly severity: Severity;
}

/** The alert rule that opened it; null where none did. */
export async function ruleOf(r: Reader, { number, source, resource }: Incident): Promise<Rule | null> {
  const [declared] = await eventsOf(r, number, { types: ['incident.declared'], limit: 1 });
  if (declared?.type !== 'incident.declared' || declared.by.type !== 'integration') return null;
  const { rule, severity } = declared.data;
  return rule === null || rule === '' ? null : { source, rule, service: resource?.name ?? null, severity };
}

/** Which service its alerts are of holds whatever they say themselves. */
function serviceFor(field: LessonField, { service }: Rule): string | null {
  return field === 'service' ? null : service;
}

function isLessBad(value: string, than: Severity): boolean {
  const severity = SEVERITIES.find((it) => it === value);
  return severity !== undefined && rank(severity) > rank(than);
}

function valueOf(incident: Incident, field: LessonField): string | null {
  if (field === 'duplicate') return null;
  return field === 'service' ? (incident.resource?.name ?? null) : incident[field];
}
