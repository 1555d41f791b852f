import { useState } from 'react';

import { attempt, notice } from '../actions/attempt.ts';
import { useApp } from '../context.ts';
import { Receipt } from './receipt.tsx';
import type { ReceiptView, Urgency } from './views.ts';

/** Pages the reader by their own rules, shows what happens on each way, and takes the answer. */
export function TestPage(props: {
  /** The one that was sent here, as it stands. */
  readonly page: ReceiptView | undefined;
  readonly onSent: (id: string) => void;
  readonly onAnswered: () => void;
}) {
  const { page: sent, onSent, onAnswered } = props;
  const app = useApp();
  const [busy, setBusy] = useState(false);
  async function send(urgency: Urgency): Promise<void> {
    setBusy(true);
    const page = await attempt(app, app.api.post<ReceiptView>('/api/v1/me/test-page', { urgency }));
    setBusy(false);
    if (page) onSent(page.id);
  }
  return (
    <section className="me-card" aria-labelledby="test-title">
      <h2 id="test-title">Does it work?</h2>
      <p className="field-help">
        A test page goes the whole way, like a real one. Answer it where it reaches you: by its button, its
        link, a text or a key.
      </p>
      <div className="me-tools">
        <button
          type="button"
          className="button button-primary"
          aria-busy={busy}
          onClick={() => !busy && void send('high')}
        >
          Send me a test page
        </button>
        <button
          type="button"
          className="button button-plain"
          aria-busy={busy}
          onClick={() => !busy && void send('low')}
        >
          With low urgency
        </button>
      </div>
      {sent && <Sent page={sent} onAnswered={onAnswered} />}
    </section>
  );
}

function Sent({ page, onAnswered }: { readonly page: ReceiptView; readonly onAnswered: () => void }) {
  const app = useApp();
  async function answer(): Promise<void> {
    const path = `/api/v1/me/pages/${encodeURIComponent(page.id)}/answer`;
    const said = await attempt(app, app.api.post<{ readonly message: string }>(path, {}));
    if (said) notice(app, said.message);
    onAnswered();
  }
  return (
    <div className="test-sent">
      <Receipt page={page} title="Your test page" heading="h3" />
      {page.answered_at === null && (
        <button type="button" className="button button-plain" onClick={() => void answer()}>
          I have it
        </button>
      )}
    </div>
  );
}
