import { useNow } from '../clock.ts';
import { useNames } from '../context.ts';
import type { IncidentView } from '../net/rest.ts';
import { Link } from '../parts/link.tsx';
import { addressOf } from '../state/places.ts';
import { rank } from '../state/rooms.ts';
import { duration } from '../times.ts';
import { SeverityBadge, StatusChip } from '../widgets/severity.tsx';

/** What people still owe work, the worst first. */
export function OpenIncidents({ incidents }: { readonly incidents: readonly IncidentView[] }) {
  const now = useNow(15_000);
  const sorted = incidents.toSorted((a, b) => rank(a) - rank(b) || a.created_at.localeCompare(b.created_at));
  if (sorted.length === 0) return null;
  return (
    <ul className="open-list" aria-label="Open incidents">
      {sorted.map((incident) => (
        <li key={incident.number}>
          <SeverityBadge severity={incident.severity} />
          <div className="open-what">
            <Title incident={incident} />
            <p>
              INC-{incident.number} · open for {duration(Math.max(0, now - Date.parse(incident.created_at)))}
              <Assignee incident={incident} />
            </p>
          </div>
          <StatusChip incident={incident} />
        </li>
      ))}
    </ul>
  );
}

function Title({ incident }: { readonly incident: IncidentView }) {
  const room = incident.rooms.find(({ platform }) => platform === 'web');
  if (!room) return <span className="open-title">{incident.title}</span>;
  return (
    <span className="open-title">
      <Link url={addressOf({ type: 'room', room: room.id })}>{incident.title}</Link>
    </span>
  );
}

function Assignee({ incident }: { readonly incident: IncidentView }) {
  const { of } = useNames();
  const who = incident.assigned_to
    ? (of.get(incident.assigned_to) ?? incident.assigned_to)
    : incident.assigned_team;
  return <>{who ? ` · ${who}` : ' · nobody assigned'}</>;
}
