import { useCallback, useEffect, useState } from 'react';

import { attempt } from '../actions/attempt.ts';
import { useApp } from '../context.ts';
import { RoomsButton } from '../room/header.tsx';
import { Contacts } from './contacts.tsx';
import { MyPages } from './my-pages.tsx';
import { useReceipts } from './polled.ts';
import { Rules } from './rules.tsx';
import { TestPage } from './test-page.tsx';
import { ThisBrowser } from './this-browser.tsx';
import type { OwnView, Urgency } from './views.ts';

/** Everything about how the reader is told when they are paged, and a way to see that it works. */
export function Me() {
  const app = useApp();
  const [own, setOwn] = useState<OwnView>();
  const { pages, again } = useReceipts('/api/v1/me/pages?limit=20');
  const [tested, setTested] = useState<string>();
  const load = useCallback(async () => {
    const found = await attempt(app, app.api.get<OwnView>('/api/v1/me/rules'));
    if (found) setOwn(found);
  }, [app]);
  useEffect(() => void load(), [load]);
  return (
    <div className="home me">
      <header className="home-bar">
        <RoomsButton />
      </header>
      <div className="home-page">
        <header className="home-head">
          <h1>How I am told</h1>
          {own ? <Preview own={own} /> : <p className="home-lead">Loading…</p>}
        </header>
        {own && (
          <>
            <TestPage
              page={pages?.find(({ id }) => id === tested)}
              onSent={(id) => {
                setTested(id);
                again();
              }}
              onAnswered={again}
            />
            <Contacts own={own} onChange={setOwn}>
              <ThisBrowser own={own} onChange={setOwn} />
            </Contacts>
            <Rules key={rulesKey(own)} own={own} onChange={setOwn} />
          </>
        )}
        {own && <MyPages pages={pages?.filter(({ id }) => id !== tested)} />}
      </div>
    </div>
  );
}

/** What was saved, or a contact that came or went, begins the form anew. */
function rulesKey({ contacts, high, low, throttle, bundle_ms, quiet }: OwnView): string {
  return JSON.stringify([
    contacts.map(({ id, label }) => [id, label]),
    high,
    low,
    throttle,
    bundle_ms,
    quiet,
  ]);
}

/** `If you are paged with high urgency now: chat at once, text after 2 min.` */
function Preview({ own }: { readonly own: OwnView }) {
  return (
    <div className="preview" role="status">
      {(['high', 'low'] satisfies Urgency[]).map((urgency) => {
        const { ways, notes, unreachable } = own.preview[urgency];
        return (
          <div key={urgency} className={unreachable === null ? undefined : 'preview-lost'}>
            <p>
              If you are paged with <strong>{urgency} urgency</strong> now:{' '}
              {unreachable ?? <strong>{ways}.</strong>}
            </p>
            {notes.length > 0 && (
              <ul>
                {notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            )}
          </div>
        );
      })}
    </div>
  );
}
