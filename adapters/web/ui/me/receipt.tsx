import type { ReactNode } from 'react';

import { useNow } from '../clock.ts';
import { useNames } from '../context.ts';
import { clockTime, fullTime } from '../times.ts';
import type { ReceiptView, SentView } from './views.ts';
import { channelName, gap, outcomeOf } from './words.ts';

/** One page: to whom, why, by which ways, and what became of each. */
export function Receipt({
  page,
  title,
  heading: Heading = 'h4',
}: {
  readonly page: ReceiptView;
  readonly title: ReactNode;
  readonly heading?: 'h3' | 'h4';
}) {
  const now = useNow(1000);
  const at = Date.parse(page.requested_at);
  return (
    <article className="receipt">
      <header className="receipt-head">
        <Heading>{title}</Heading>
        <Answered page={page} />
      </header>
      <p className="receipt-why">
        <time dateTime={page.requested_at} title={fullTime(at)}>
          {clockTime(at, now)}
        </time>{' '}
        · {page.urgency} urgency{page.level > 0 && ` · level ${page.level}`} · {page.reason}
      </p>
      {page.messages.length === 0 && <p className="receipt-none">No way to tell them was found.</p>}
      <ul className="receipt-ways">
        {page.messages.map((sent, index) => (
          // oxlint-disable-next-line react/no-array-index-key -- their order never changes.
          <Way key={index} sent={sent} page={page} now={now} />
        ))}
      </ul>
    </article>
  );
}

function Way(props: { readonly sent: SentView; readonly page: ReceiptView; readonly now: number }) {
  const { sent, page, now } = props;
  const { text, mark } = outcomeOf(sent, page, now);
  const provider = [sent.state === 'sent' ? sent.detail : null, sent.provider_id].filter(
    (it) => it !== null && it !== '',
  );
  return (
    <li className={`way way-${mark}`}>
      <p>
        <strong>{channelName(sent.channel)}</strong>
        {sent.to !== null && sent.to !== '' && <span className="way-to"> {sent.to}</span>}
        <span> · {text}</span>
      </p>
      <p className="way-why">
        {sent.why}
        {provider.length > 0 && <span className="way-provider"> Provider: {provider.join(', ')}</span>}
      </p>
    </li>
  );
}

function Answered({ page }: { readonly page: ReceiptView }) {
  const { of, me } = useNames();
  const { answered_at: at, answered_by: by } = page;
  if (at === null) {
    return page.kind === 'handoff' || page.kind === 'reminder' ? null : (
      <span className="answer">Not answered yet</span>
    );
  }
  const who = by === null ? '' : ` by ${by === me ? 'you' : (of.get(by) ?? by)}`;
  return (
    <span className="answer answer-good">
      {page.kind === 'test' ? 'It works: answered' : 'Answered'}
      {who} after {gap(Date.parse(at) - Date.parse(page.requested_at))}
    </span>
  );
}
