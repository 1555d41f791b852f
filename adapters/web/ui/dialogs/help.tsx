import { Fragment } from 'react';

import { Dialog } from '../widgets/dialog.tsx';

const MOD = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl';

const KEYS: readonly {
  readonly title: string;
  readonly keys: readonly (readonly [readonly string[], string])[];
}[] = [
  {
    title: 'Everywhere',
    keys: [
      [[MOD, 'K'], 'Search rooms, people and messages'],
      [['Alt', '↑'], 'Previous room'],
      [['Alt', '↓'], 'Next room'],
      [['Alt', 'Shift', '↓'], 'Next room with something new'],
      [['Alt', 'I'], 'Show or hide the incident'],
      [['/'], 'Write'],
      [['Esc'], 'Close what is open'],
      [['?'], 'This help'],
    ],
  },
  {
    title: 'While you write',
    keys: [
      [['/'], 'Commands, with completion'],
      [['@'], 'Mention somebody'],
      [['Enter'], 'Send'],
      [['Shift', 'Enter'], 'New line'],
      [['↑'], 'Edit your last message'],
      [['Tab'], 'Take the completion'],
    ],
  },
  {
    title: 'On a message',
    keys: [
      [['↑', '↓'], 'Walk through the messages'],
      [['t'], 'Open its thread'],
      [['r'], 'React'],
      [['p'], 'Pin or unpin'],
      [['e'], 'Edit your own'],
    ],
  },
  {
    title: 'In a calendar',
    keys: [
      [['←', '→', '↑', '↓'], 'Walk through the days'],
      [['Enter'], 'Put somebody else on call that day'],
      [['Page ↑', 'Page ↓'], 'The week or month before or after'],
    ],
  },
];

export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Help" className="dialog-help" onClose={onClose}>
      <p className="dialog-text">
        Everything about an incident can be done by typing <code>/incident</code> in its room: a list of
        commands opens, and each asks for what it still needs. <code>/incident help</code> explains them all.
      </p>
      <div className="help-keys">
        {KEYS.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([chord, what]) => (
                <div key={what}>
                  <dt>
                    {chord.map((key, index) => (
                      <Fragment key={key}>
                        {index > 0 && ' '}
                        <kbd>{key}</kbd>
                      </Fragment>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
