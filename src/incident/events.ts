import type { Category, IncidentNumber, Severity, Status } from './incident.ts';
import type { Actor, PersonId, TeamId } from './person.ts';

export interface FieldChange {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** Whom somebody asks for by name: a person, all of a team, or whoever is on call by a schedule. */
export interface Whom {
  readonly kind: 'person' | 'team' | 'schedule';
  readonly id: string;
}

/** What a step along the lifecycle always says. */
interface Step {
  readonly from: Status;
  readonly to: Status;
}

/**
 * Everything that can happen to an incident: the event's type, and what it
 * says beside who and when. The rows are the timeline people read, the audit
 * log and the outbox, so a fact is added here and never changed in meaning.
 */
export interface EventData {
  'incident.declared': {
    title: string;
    severity: Severity;
    category: Category;
    source: string;
    rule: string | null;
    /** Why rules chose the severity, where the sender did not say one. */
    triage?: string;
  };
  'incident.acknowledged': Step & { notes: string | null };
  'incident.started': Step & { notes: string | null };
  /** `target`: in the words of who did it; `whom`: the same, where it is somebody that we know. */
  'incident.escalated': Step & {
    level: number;
    reason: string | null;
    target: string | null;
    whom?: Whom;
  };
  'incident.level_raised': { level: number; reason: string | null; target: string | null; whom?: Whom };
  'incident.deescalated': Step & { reason: string | null };
  'incident.resolved': Step & { rootCause: string | null; notes: string | null; playbookUsed: string | null };
  'incident.closed': Step & { notes: string | null; postMortemUrl: string | null };
  'incident.reopened': Step & { reason: string | null };
  'incident.assigned': { person: PersonId | null; team: TeamId | null };
  'incident.severity_changed': { from: Severity; to: Severity; reason: string | null };
  'incident.edited': { changes: FieldChange[] };
  'incident.noted': { comment: string; content: string };
  'incident.update_posted': { text: string; nextUpdateAt: string | null };
  'incident.update_overdue': { promisedAt: string };
  'incident.merged': { into: IncidentNumber; reason: string | null };
  /** It looks like another one; people say whether it is. `by` in the reason: who found that. */
  'incident.duplicate_suggested': { of: IncidentNumber; isSame: boolean; reason: string };
  /** What people corrected holds for the alerts of a rule from now on. */
  'incident.lesson_learned': { lesson: string; rule: string; field: string; value: string; reason: string };
  'incident.duplicate_absorbed': { duplicate: IncidentNumber; alerts: number };
  'incident.linked': { to: IncidentNumber };
  'incident.unlinked': { to: IncidentNumber };
  'incident.role_set': { role: string; person: PersonId | null };
  'incident.invited': { person: PersonId };
  'incident.tagged': { added: Record<string, string>; removed: string[] };
  /** `storm`: how many of them are of other services, taken for signs of the same fault. */
  'incident.alerts_joined': { count: number; titles: string[]; storm?: number };
  'incident.alerts_refired': { count: number; titles: string[] };
  'incident.alerts_cleared': { count: number };
  /** Its alerts are silent until then; critical ones only where that was said. */
  'incident.muted': { mute: string; until: string; reason: string | null; evenCritical: boolean };
  /** They are silent no more: it was taken back, or its time was over. */
  'incident.unmuted': { mute: string };
  /** Alerts of it fired while something else silenced them, and fire still. */
  'incident.alerts_unmuted': { mute: string; what: string; count: number };
  'incident.sla_breached': { promise: 'acknowledgment' | 'resolution'; deadline: string };
  /** What somebody said, by its number in what is kept for the rooms; the words are not in the log. */
  'incident.said': {
    said: number;
    on: string;
    how: 'message' | 'edited' | 'deleted' | 'reacted';
    emoji: string | null;
  };
  'incident.room_opened': { platform: string; room: string; name: string; url: string };
  /** A level of the escalation was reached, or somebody asked for people (level 0): who is being told. */
  'incident.paged': {
    policy: string | null;
    level: number;
    cycle: number;
    urgency: 'high' | 'low';
    /** `unreachable`: why a page can reach nobody, as a sentence. */
    pages: { page: string; to: { kind: string; id: string }; unreachable: string | null }[];
    why: string | null;
  };
  /** Somebody answered that they have it, of an incident that was taken before and is paged again, or by more people. */
  'incident.page_answered': { notes: string | null };
  /** Everything that was tried for a page has failed. */
  'incident.page_failed': { page: string; to: { kind: string; id: string }; why: string };
  /** Its cause was looked into. `text`: where to look, or what came of it; words of ours or of the one who asked, never of a model. */
  'incident.investigated': {
    investigation: string;
    what: 'asked' | 'steered' | 'stopped' | 'ended' | 'judged';
    text: string | null;
  };
  /** What the escalation has to say to the room. */
  'incident.escalation_noted': { text: string; isLoud: boolean };
}

export type EventType = keyof EventData;

/** One thing that happened, as a verb decides it. `incident` says which; `by` and `at` say who and when. */
export type IncidentEvent<T extends EventType = EventType> = {
  [K in T]: {
    readonly type: K;
    readonly incident: IncidentNumber;
    readonly at: Date;
    readonly by: Actor;
    readonly data: Readonly<EventData[K]>;
  };
}[T];

/** An event as it stands in the log: numbered over all incidents, and chained within its own. */
export type LoggedEvent<T extends EventType = EventType> = IncidentEvent<T> & {
  /** Rises with every event of the program; the place in the outbox. */
  readonly seq: number;
  /** Place in its incident's chain, from 1. */
  readonly position: number;
  /** SHA-256 over the event before it in the chain and this one. */
  readonly hash: string;
};
