import type { MessageView } from '#adapters/web/protocol.ts';

import { useApp, useKnown } from '../context.ts';
import { toggleSide } from '../keys.ts';
import type { IncidentView } from '../net/rest.ts';
import { Parts } from '../parts/parts.tsx';
import { Icon } from '../widgets/icon.tsx';
import { SeverityBadge, StatusChip } from '../widgets/severity.tsx';
import { Clocks } from './clocks.tsx';
import { Receipts } from './receipts.tsx';
import { Timeline } from './timeline.tsx';

/** The room's incident: how it stands, its living card, and what has happened. */
export function IncidentPanel({
  incident,
  room,
}: {
  readonly incident: IncidentView;
  readonly room: string;
}) {
  const app = useApp();
  const card = useCard(room);
  return (
    <section className="incident" aria-label={`INC-${incident.number}`}>
      <header className="side-head">
        <h2>INC-{incident.number}</h2>
        <SeverityBadge severity={incident.severity} />
        <StatusChip incident={incident} />
        <button
          type="button"
          className="button-icon"
          aria-label="Close the incident"
          onClick={() => toggleSide(app)}
        >
          <Icon name="close" />
        </button>
      </header>
      <div className="incident-scroll" tabIndex={0} role="region" aria-label="Card and timeline">
        <Clocks incident={incident} />
        {card ? <Card message={card} /> : <p className="incident-title">{incident.title}</p>}
        <Receipts incident={incident} />
        <Timeline incident={incident} />
      </div>
    </section>
  );
}

function Card({ message }: { readonly message: MessageView }) {
  if (message.body.type !== 'message') return null;
  return (
    <div className="incident-card">
      <Parts of={message} said={message.body.message} />
    </div>
  );
}

/** The living card: the first message the bot pinned in the room. */
function useCard(room: string): MessageView | undefined {
  return useKnown(({ pins }) => pins.get(room)?.find(isCard));
}

function isCard({ author, body }: MessageView): boolean {
  return author === null && body.type === 'message';
}
