import { useState } from 'react';

import { useAsked } from '../oncall/asked.ts';
import { Waiting } from '../oncall/person.tsx';
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
  const { data: own, error, told } = useAsked<OwnView>('/api/v1/me/rules');
  const { pages, again } = useReceipts('/api/v1/me/pages?limit=20');
  const [tested, setTested] = useState<string>();
  return (
    <div className="home me">
      <header className="home-bar">
        <RoomsButton />
      </header>
      <div className="home-page">
        <header className="home-head">
          <h1>How I am told</h1>
          {(!own || error !== '') && <Waiting error={error} />}
          {own && <Preview own={own} />}
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
            <Contacts own={own} onChange={told}>
              <ThisBrowser own={own} onChange={told} />
            </Contacts>
            <Rules own={own} onChange={told} />
          </>
        )}
        {own && <MyPages pages={pages?.filter(({ id }) => id !== tested)} />}
      </div>
    </div>
  );
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
