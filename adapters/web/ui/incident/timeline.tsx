import { useState } from 'react';

import { useNow } from '../clock.ts';
import { useKnown } from '../context.ts';
import type { IncidentView, TimelineEntry } from '../net/rest.ts';
import { clockTime, dayKey, dayName, fullTime } from '../times.ts';
import { Icon, type IconName } from '../widgets/icon.tsx';
import { Written } from '../words/written.tsx';

const NONE: readonly TimelineEntry[] = [];

/** All that happened to the incident, the newest first; or told from the beginning. */
export function Timeline({ incident }: { readonly incident: IncidentView }) {
  const entries = useKnown(({ timelines }) => timelines.get(incident.number)?.entries);
  const [fromStart, setFromStart] = useState(false);
  const now = useNow(60_000);
  const shown = fromStart ? (entries ?? NONE) : (entries ?? NONE).toReversed();
  return (
    <section className="timeline" aria-labelledby="timeline-title">
      <div className="timeline-head">
        <h3 id="timeline-title">Timeline</h3>
        <button type="button" className="button button-small" onClick={() => setFromStart(!fromStart)}>
          {fromStart ? 'Newest first' : 'Oldest first'}
        </button>
      </div>
      {!entries && <p className="timeline-empty">Loading…</p>}
      <ol>
        {shown.map((entry, index) => (
          <Row key={entry.id} entry={entry} before={shown[index - 1]} now={now} />
        ))}
      </ol>
    </section>
  );
}

function Row(props: {
  readonly entry: TimelineEntry;
  readonly before: TimelineEntry | undefined;
  readonly now: number;
}) {
  const { entry, before, now } = props;
  const at = Date.parse(entry.timestamp);
  const newDay =
    before === undefined ? dayKey(at) !== dayKey(now) : dayKey(at) !== dayKey(Date.parse(before.timestamp));
  return (
    <li className={`event event-${kindOf(entry.event_type)}`}>
      {newDay && <p className="event-day">{dayName(at, now)}</p>}
      <span className="event-icon">
        <Icon name={ICONS[kindOf(entry.event_type)]} size={13} />
      </span>
      <div>
        <div className="event-what">
          <Written text={entry.description} />
        </div>
        <p className="event-when">
          <time dateTime={entry.timestamp} title={fullTime(at)}>
            {clockTime(at, at)}
          </time>
          {entry.actor.name !== '' && ` · ${entry.actor.name}`}
        </p>
      </div>
    </li>
  );
}

const ICONS = {
  alert: 'alert',
  good: 'check',
  level: 'level',
  note: 'note',
  person: 'person',
  start: 'play',
  other: 'clock',
} as const satisfies Record<string, IconName>;

type Kind = keyof typeof ICONS;

const KINDS: Readonly<Record<string, Kind>> = {
  incident_created: 'alert',
  incident_updated: 'note',
  state_changed: 'start',
  assigned: 'person',
  acknowledged: 'person',
  escalated: 'level',
  resolved: 'good',
  closed: 'good',
  reopened: 'alert',
  comment_added: 'note',
  sla_breached: 'alert',
};

/** The drawing beside an entry; a kind that is new to this page gets the plain one. */
function kindOf(type: string): Kind {
  return KINDS[type] ?? 'other';
}
