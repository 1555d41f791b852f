import { useState } from 'react';

import { notice } from '../actions/attempt.ts';
import { now as clockNow, useNow } from '../clock.ts';
import { useApp, useKnown, useNames } from '../context.ts';
import { explain } from '../net/api.ts';
import { meOf } from '../state/state.ts';
import { Dialog } from '../widgets/dialog.tsx';
import type { About } from './about.ts';
import { OverrideForm } from './override-form.tsx';
import type { OverrideView } from './views.ts';
import { barWords } from './words.ts';

/** As whom the program makes what it holds by itself. */
const SYSTEM = 'incident-manager';

/** What is to be known of a shift, and the form that puts somebody else on call. */
export function OverrideDialog(about: About) {
  const { schedule, zone, of, span, onClose } = about;
  const names = useNames().of;
  const now = useNow(60_000);
  const mayChange = useKnown((state) => (meOf(state)?.role ?? 'viewer') !== 'viewer');
  const made = of?.duty ?? of?.empty;
  // What the program holds by itself ends by itself.
  const id = made && made.by !== SYSTEM ? made.override : null;
  // Decided once: a shift that ends while the form is open must not take away what is written in it.
  const [isOver] = useState(() => span.until <= clockNow());
  return (
    <Dialog title={mayChange && !isOver ? 'Put somebody else on call' : schedule.name} onClose={onClose}>
      {of && <p className="oncall-about">{barWords(of, names, now, zone)}.</p>}
      {id !== null && mayChange && !isOver && <TakeBack id={id} about={about} />}
      {mayChange && !isOver && <OverrideForm {...about} />}
      {isOver && <p>That is over, so nothing of it can be changed.</p>}
      {!mayChange && <p>Who is on call can be changed by responders and admins.</p>}
    </Dialog>
  );
}

function TakeBack({ id, about }: { readonly id: string; readonly about: About }) {
  const app = useApp();
  const { schedule, onDone, onClose } = about;
  const [error, setError] = useState('');
  async function run(): Promise<void> {
    try {
      await takeBack();
    } catch (thrown) {
      setError(explain(thrown));
    }
  }
  async function takeBack(): Promise<void> {
    await app.api.remove<OverrideView>(overridePath(schedule.id, id));
    notice(app, 'It is taken back: the layers say again who is on call.');
    onDone();
    onClose();
  }
  return (
    <div className="oncall-back">
      <p>This was put in for a time, over what the layers say.</p>
      <button type="button" className="button button-plain" onClick={() => void run()}>
        Take it back
      </button>
      {error !== '' && (
        <p className="form-refusal" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

export function overridePath(schedule: string, override: string): string {
  return `/api/v1/schedules/${encodeURIComponent(schedule)}/overrides/${encodeURIComponent(override)}`;
}
