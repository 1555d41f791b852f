import type { View } from '#src/chat/card-view.ts';
import { plain, type Message } from '#src/chat/message.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import type { Incident } from '#src/incident/incident.ts';

import { ana, incident, openedAt } from './incident.ts';

/** A view of the example incident; change what the test is about. */
export function view(changes: Partial<Incident> = {}, others: Partial<View> = {}): View {
  return {
    incident: incident(changes),
    alerts: { firing: 0, total: 0, times: 0, titles: [], links: [] },
    rooms: [],
    mutedUntil: null,
    like: null,
    names: new Map([
      ['ana', 'Ana Lima'],
      ['bo', 'Bo Chen'],
      ['payments', 'Payments'],
    ]),
    publicUrl: 'http://incidents.example',
    now: openedAt,
    ...others,
  };
}

/** An event as it stands in the log, at the opening time and by Ana where nothing else is said. */
export function logged<T extends LoggedEvent['type']>(
  type: T,
  data: LoggedEvent<T>['data'],
  { seq = 1, at = openedAt, by = ana }: Partial<Pick<LoggedEvent, 'seq' | 'at' | 'by'>> = {},
): LoggedEvent {
  return {
    type,
    data,
    incident: incident().number,
    at,
    by,
    seq,
    position: seq,
    hash: '',
  } as unknown as LoggedEvent;
}

/** The fields of a message by their labels, as plain words. */
export function fieldsOf({ parts }: Message): Record<string, string> {
  const all = parts.flatMap((part) => (part.type === 'fields' ? part.fields : []));
  return Object.fromEntries(all.map(({ label, value }) => [label, plain(value)]));
}

/** The labels of a message's buttons. */
export function buttonsOf({ parts }: Message): string[] {
  return parts.flatMap((part) => (part.type === 'buttons' ? part.buttons.map(({ label }) => label) : []));
}
