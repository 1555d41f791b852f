import { useKnown } from '../context.ts';
import { Link } from '../parts/link.tsx';
import { Receipt } from './receipt.tsx';
import type { ReceiptView } from './views.ts';

/** What the reader was paged for lately, across incidents, and the test pages. */
export function MyPages({ pages }: { readonly pages: readonly ReceiptView[] | undefined }) {
  return (
    <section className="me-card" aria-labelledby="pages-title">
      <h2 id="pages-title">Pages that went to me</h2>
      {!pages && <p className="receipt-none">Loading…</p>}
      {pages?.length === 0 && <p className="receipt-none">None yet. Send yourself a test page to see one.</p>}
      <ol>
        {pages?.map((page) => (
          <li key={page.id}>
            <Receipt page={page} title={<Title page={page} />} heading="h3" />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Title({ page: { incident, title } }: { readonly page: ReceiptView }) {
  const isKnown = useKnown(({ incidents }) => incidents.has(incident?.number ?? 0));
  if (!incident) return <>{title ?? 'A page'}</>;
  const words = `INC-${incident.number} ${incident.title}`;
  return isKnown ? (
    <Link url={`/incidents/${incident.number}`}>{words}</Link>
  ) : (
    <a href={`/incidents/${incident.number}`}>{words}</a>
  );
}
