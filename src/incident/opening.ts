import { decided, event, type Deciding, type Decision } from './decision.ts';
import type { Category, Environment, Incident, Resource, Severity } from './incident.ts';
import type { PersonId } from './person.ts';
import { slaFrom } from './sla.ts';

/** What is known of an incident when it opens; what is left out gets a default. */
export interface Opening {
  readonly title: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly description?: string | undefined;
  readonly impact?: string | undefined;
  readonly environment?: Environment | undefined;
  readonly resource?: Resource | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly isPrivate?: boolean | undefined;
  readonly source: string;
  readonly sourceEventId?: string | null | undefined;
  readonly groupKey?: string | null | undefined;
  readonly fingerprint: string;
  /** When it broke; the opening time where nobody says. */
  readonly detectedAt?: Date | null | undefined;
}

/** A NEW incident, before it has a number. */
export function draft(opening: Opening, { at, by }: Deciding): Omit<Incident, 'number' | 'id'> {
  return {
    title: opening.title,
    description: opening.description ?? '',
    impact: opening.impact ?? '',
    severity: opening.severity,
    status: 'NEW',
    category: opening.category,
    environment: opening.environment ?? 'production',
    source: opening.source,
    sourceEventId: opening.sourceEventId ?? null,
    groupKey: opening.groupKey ?? null,
    fingerprint: opening.fingerprint,
    resource: opening.resource ?? null,
    assignee: null,
    team: null,
    roles: {},
    isPrivate: opening.isPrivate ?? false,
    insiders: by.type === 'user' ? [by.id as PersonId] : [],
    escalationLevel: 1,
    tags: opening.tags ?? {},
    labels: opening.labels ?? [],
    sla: slaFrom(opening.severity, at),
    resolution: null,
    related: [],
    parent: null,
    duplicateOf: null,
    lastUpdate: null,
    nextUpdateAt: null,
    postMortemUrl: null,
    detectedAt: believable(opening.detectedAt, at),
    createdAt: at,
    updatedAt: at,
    acknowledgedAt: null,
    resolvedAt: null,
    closedAt: null,
  };
}

/** What opening it says and sets going. `rule` is the alert rule behind it, `triage` why rules chose its severity. */
export function opened(
  incident: Incident,
  { rule, triage }: { readonly rule: string | null; readonly triage: string | null },
  who: Deciding,
): Decision {
  const { title, severity, category, source } = incident;
  const said = { title, severity, category, source, rule, ...(triage === null ? {} : { triage }) };
  return decided(incident, [event(incident, 'incident.declared', said, who)], who);
}

const MONTH = 30 * 24 * 3_600_000;

/** A sender's clock may be wrong: a time to come, or over 30 days ago, is not believed. */
function believable(said: Date | null | undefined, at: Date): Date {
  if (!said || said > at || at.getTime() - said.getTime() > MONTH) return at;
  return said;
}
