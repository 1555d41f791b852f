import { useState } from 'react';

import { useNames } from '../context.ts';
import { useReceipts } from '../me/polled.ts';
import { Receipt } from '../me/receipt.tsx';
import type { ReceiptView } from '../me/views.ts';
import type { IncidentView } from '../net/rest.ts';

/** Who was told of the incident, why, by which ways, and what became of each; as it changes. */
export function Receipts({ incident }: { readonly incident: IncidentView }) {
  const path = `/api/v1/incidents/${encodeURIComponent(incident.id)}/pages`;
  const [watched, setWatched] = useState(false);
  const { pages } = useReceipts(path, { mark: incident.updated_at, watched });
  const open = pages?.filter((it) => it.answered_at === null).length ?? 0;
  return (
    <details className="receipts" onToggle={(event) => setWatched(event.currentTarget.open)}>
      <summary>
        <h3>Who was told</h3>
        {pages && <small>{summary(pages.length, open)}</small>}
      </summary>
      {pages?.length === 0 && (
        <p className="receipt-none">
          Nobody was paged for this. An escalation policy does it by itself; <code>/incident page</code> does
          it by hand.
        </p>
      )}
      <ol>
        {pages?.map((page) => (
          <li key={page.id}>
            <Receipt page={page} title={<Recipient page={page} />} />
          </li>
        ))}
      </ol>
    </details>
  );
}

function Recipient({ page: { recipient } }: { readonly page: ReceiptView }) {
  const { of } = useNames();
  if (recipient.kind === 'person') return <>{of.get(recipient.id) ?? recipient.id}</>;
  const names: Readonly<Record<string, string>> = {
    room: 'A room of',
    webhook: 'A webhook',
    external: 'Outside:',
  };
  return (
    <>
      {names[recipient.kind] ?? recipient.kind} {recipient.kind === 'webhook' ? '' : recipient.id}
    </>
  );
}

function summary(all: number, open: number): string {
  if (all === 0) return 'nobody yet';
  const pages = all === 1 ? '1 page' : `${all} pages`;
  return open === 0 ? `${pages}, all answered` : `${pages}, ${open} not answered`;
}
