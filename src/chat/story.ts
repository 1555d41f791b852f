import type { LoggedEvent } from '#src/incident/events.ts';
import { describe } from '#src/incident/timeline.ts';

import { marked, moment, type Text } from './message.ts';
import { count, nameIn, type Names } from './names.ts';

/** Small print under everything that was put together without a model. */
export const BY_RULES = 'Put together by rules from the timeline; no model wrote any of it.';

/** The events as lines with their times, oldest first. */
export function story(events: readonly LoggedEvent[], names: Names): Text[] {
  return foldAlerts(events).map((event) => [
    moment(event.at),
    ' ',
    describe(event, (id) => nameIn(names, id)),
  ]);
}

/** At most `most` lines: how it began and how it went last, with a count of what lies between. */
export function shortStory(events: readonly LoggedEvent[], names: Names, most: number): Text[] {
  const lines = story(events, names);
  if (lines.length <= most) return lines;
  const last = lines.slice(lines.length - most + 2);
  const between = lines.length - last.length - 1;
  return [
    ...lines.slice(0, 1),
    marked(`… ${count(between, 'thing')} in between; \`timeline\` has them all`),
    ...last,
  ];
}

/** What tells the story: not what the bot arranged beside it. */
export function isTelling({ type }: LoggedEvent): boolean {
  return type !== 'incident.room_opened' && type !== 'incident.tagged';
}

/** A run of alerts that joined, or fired again, becomes one event with their sum. */
export function foldAlerts(events: readonly LoggedEvent[]): LoggedEvent[] {
  const folded: LoggedEvent[] = [];
  for (const event of events) {
    const before = folded.at(-1);
    if (before && isAlerts(before) && isAlerts(event) && before.type === event.type) {
      const titles = [...new Set([...before.data.titles, ...event.data.titles])];
      const storm = stormIn(before) + stormIn(event);
      const all = before.data.count + event.data.count;
      const data = { count: all, titles, ...(storm > 0 ? { storm } : {}) };
      folded[folded.length - 1] = { ...event, at: before.at, data } as LoggedEvent;
    } else {
      folded.push(event);
    }
  }
  return folded;
}

type AlertsEvent = LoggedEvent<'incident.alerts_joined' | 'incident.alerts_refired'>;

function stormIn(event: AlertsEvent): number {
  return event.type === 'incident.alerts_joined' ? (event.data.storm ?? 0) : 0;
}

function isAlerts(event: LoggedEvent): event is AlertsEvent {
  return event.type === 'incident.alerts_joined' || event.type === 'incident.alerts_refired';
}
