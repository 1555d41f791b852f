import { useState } from 'react';

import { attempt, notice } from '../actions/attempt.ts';
import { useApp } from '../context.ts';
import { ApiError, explain } from '../net/api.ts';
import { Limits, Quiet } from './limits.tsx';
import { Steps } from './steps.tsx';
import type { OwnView, RulesView } from './views.ts';

/** When the reader is told by what, and when not: one form, saved as a whole. */
export function Rules(props: Props) {
  const { own } = props;
  const { draft, isChanged, wrong, change, undo, save, reset } = useRulesForm(props);
  const isOwn = !isSame(rulesOf(own), DEFAULTS);
  const common = { own, draft, wrong: wrong.fields, change };
  return (
    <section className="me-card" aria-labelledby="rules-title">
      <h2 id="rules-title">My rules</h2>
      <form
        className="rules"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Steps {...common} urgency="high" title="High urgency" />
        <Steps {...common} urgency="low" title="Low urgency" />
        <Quiet {...common} />
        <Limits {...common} />
        <Refusal wrong={wrong} />
        <div className="me-tools">
          <button type="submit" className="button button-primary" aria-disabled={!isChanged}>
            Save my rules
          </button>
          {isChanged && (
            <button type="button" className="button button-plain" onClick={undo}>
              Undo changes
            </button>
          )}
          {isOwn && !isChanged && (
            <button type="button" className="button" onClick={() => void reset()}>
              Back to the defaults
            </button>
          )}
        </div>
      </form>
    </section>
  );
}

interface Props {
  readonly own: OwnView;
  readonly onChange: (own: OwnView) => void;
}

function useRulesForm({ own, onChange }: Props) {
  const app = useApp();
  // Null while nothing is changed: then the form shows what holds, also when that changes elsewhere.
  const [changed, setChanged] = useState<RulesView | null>(null);
  const [wrong, setWrong] = useState<Wrong>(NOTHING_WRONG);
  const draft = changed ?? rulesOf(own);

  async function save(): Promise<void> {
    try {
      const saved = await app.api.put<OwnView>('/api/v1/me/rules', draft);
      setWrong(NOTHING_WRONG);
      // What was changed while it was on its way stays to be saved.
      setChanged((it) => (it === changed ? null : it));
      notice(app, 'Saved. This holds for the next page.');
      onChange(saved);
    } catch (error) {
      const fields = error instanceof ApiError ? error.fields : [];
      setWrong({
        text: fields.length > 0 ? '' : explain(error),
        fields: new Map(fields.map((it) => [it.field, it.message])),
      });
    }
  }
  async function reset(): Promise<void> {
    const defaults = await attempt(app, app.api.remove<OwnView>('/api/v1/me/rules'));
    if (!defaults) return;
    setWrong(NOTHING_WRONG);
    onChange(defaults);
  }
  function undo(): void {
    setChanged(null);
    setWrong(NOTHING_WRONG);
  }
  const change = (part: Partial<RulesView>) => {
    const made = { ...draft, ...part };
    setChanged(isSame(made, rulesOf(own)) ? null : made);
  };
  return { draft, isChanged: changed !== null, wrong, change, undo, save, reset };
}

function Refusal({ wrong: { text, fields } }: { readonly wrong: Wrong }) {
  const many = fields.size === 1 ? 'One thing has' : `${fields.size} things have`;
  const said = fields.size > 0 ? `${many} to be changed first; nothing is saved yet.` : text;
  if (said === '') return null;
  return (
    <p className="form-refusal" role="alert">
      {said}
    </p>
  );
}

interface Wrong {
  readonly text: string;
  /** By the name of the field, as the server calls it. */
  readonly fields: ReadonlyMap<string, string>;
}

const NOTHING_WRONG: Wrong = { text: '', fields: new Map() };
const DEFAULTS: RulesView = { high: null, low: null, throttle: null, bundle_ms: null, quiet: null };

function isSame(one: RulesView, other: RulesView): boolean {
  // A number field that was emptied is not the same as nothing, which JSON makes of it.
  const text = (it: RulesView) =>
    JSON.stringify(it, (_, value: unknown) => (Number.isNaN(value) ? 'no number' : value));
  return text(one) === text(other);
}

function rulesOf({ high, low, throttle, bundle_ms, quiet }: OwnView): RulesView {
  return { high, low, throttle, bundle_ms, quiet };
}
