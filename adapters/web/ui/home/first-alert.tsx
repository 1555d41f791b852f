import { useState } from 'react';

import type { SetupView } from '#adapters/web/protocol.ts';

import { sendSample } from '../actions/home.ts';
import { useApp, useKnown } from '../context.ts';
import { CopyLine } from '../widgets/copy-line.tsx';

/** How an alert gets in: by a button that sends a sample, and by a line for the terminal. */
export function FirstAlert({ setup, newcomer }: { readonly setup: SetupView; readonly newcomer: boolean }) {
  const local = useKnown(({ session }) => session.type === 'in' && session.view.actAs);
  return (
    <section className="setup" aria-labelledby="setup-title">
      <h2 id="setup-title">{newcomer ? 'Try it in a minute' : 'Send an alert'}</h2>
      <ol className="steps">
        <li>
          <h3>Send a sample alert</h3>
          <p>
            It goes through the same door as a real one. Its incident opens a room, and you are taken there.
          </p>
          <Samples setup={setup} />
        </li>
        <li>
          <h3>Or send one yourself</h3>
          <p>
            {setup.curl === null
              ? 'Point your monitoring at the address of its kind, with an API key that an admin makes for you.'
              : 'Paste this line into a terminal. The key in it works on this machine.'}
          </p>
          {setup.curl === null ? (
            <Addresses setup={setup} />
          ) : (
            <CopyLine line={setup.curl} label="A line for the terminal" />
          )}
        </li>
        <li>
          <h3>Run the incident</h3>
          <p>
            In its room type <code>/incident</code> to see every command, or use the buttons on its card.
            {local && ' With “Act as” at the bottom left you can be a second person in another tab.'}
          </p>
        </li>
      </ol>
    </section>
  );
}

function Samples({ setup }: { readonly setup: SetupView }) {
  const app = useApp();
  const [busy, setBusy] = useState<string | null>(null);
  async function run(source: string): Promise<void> {
    setBusy(source);
    await sendSample(app, source);
    setBusy(null);
  }
  return (
    <ul className="samples">
      {setup.sources.map(({ name, title }) => (
        <li key={name}>
          <span>{titled(title)}</span>
          <button
            type="button"
            className="button button-plain button-small"
            aria-label={busy === name ? undefined : `Send a sample alert from ${title}`}
            aria-disabled={busy !== null}
            aria-busy={busy === name}
            onClick={() => busy === null && void run(name)}
          >
            {busy === name ? 'Opening the room…' : 'Send a sample alert'}
          </button>
        </li>
      ))}
    </ul>
  );
}

function Addresses({ setup }: { readonly setup: SetupView }) {
  return (
    <dl className="addresses">
      {setup.sources.map(({ name, title, address }) => (
        <div key={name}>
          <dt>{titled(title)}</dt>
          <dd>
            <code>{address}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** It begins a line here. */
function titled(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}
