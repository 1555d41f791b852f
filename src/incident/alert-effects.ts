import { setSeverity, unchanged } from './changes.ts';
import { decided, event, type Deciding, type Decision } from './decision.ts';
import type { IncidentEvent } from './events.ts';
import type { Effect } from './grouping.ts';
import { rank, type Incident } from './incident.ts';
import { decide, isLegal } from './lifecycle.ts';

/** How many titles of a storm are told by name; the rest is a count. */
const TITLES_TOLD = 5;

/**
 * What a batch of alerts does to one incident that was there before: a storm is
 * one event with a count, never one for each alert. Alerts raise the severity
 * and never lower it; lowering is for people.
 */
export function applyEffect(before: Incident, effect: Effect, who: Deciding): Decision {
  const events: IncidentEvent[] = [];
  let incident = before;
  const take = (decision: Decision) => {
    incident = decision.incident;
    events.push(...decision.events);
  };

  if (effect.reopens && isLegal(incident.status, 'reopen')) {
    take(decide(incident, 'reopen', { reason: 'an alert of it fired again' }, who));
  }
  const { joined, refired, swept } = effect;
  if (joined.length > 0) {
    const storm = swept > 0 ? { storm: swept } : {};
    events.push(event(before, 'incident.alerts_joined', { ...told(joined), ...storm }, who));
  }
  if (refired.length > 0) events.push(event(before, 'incident.alerts_refired', told(refired), who));
  if (effect.worst && rank(effect.worst) < rank(incident.severity)) {
    take(setSeverity(incident, effect.worst, 'a worse alert joined', who));
  }
  if (effect.clears) events.push(event(before, 'incident.alerts_cleared', { count: effect.resolved }, who));
  return events.length === 0 ? unchanged(before) : decided(incident, events, who);
}

function told(titles: readonly string[]): { count: number; titles: string[] } {
  return { count: titles.length, titles: titles.slice(0, TITLES_TOLD) };
}
