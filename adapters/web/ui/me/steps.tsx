import { Icon } from '../widgets/icon.tsx';
import type { ContactView, OwnView, RulesView, StepView, Urgency } from './views.ts';
import { afterWords } from './words.ts';

export interface RulesPart {
  readonly own: OwnView;
  readonly draft: RulesView;
  readonly wrong: ReadonlyMap<string, string>;
  readonly change: (part: Partial<RulesView>) => void;
}

const MINUTE = 60_000;

/** The steps of one urgency: after so many minutes by this contact. Without own steps the default ones are shown. */
export function Steps(props: RulesPart & { readonly urgency: Urgency; readonly title: string }) {
  const { own, draft, wrong, change, urgency, title } = props;
  const steps = draft[urgency];
  const put = (changed: readonly StepView[] | null) =>
    change(urgency === 'high' ? { high: changed } : { low: changed });
  const fault = wrong.get(urgency);
  return (
    <fieldset className="rule">
      <legend>{title}</legend>
      {steps === null ? (
        <>
          <ol className="steps-shown">
            {sorted(own.steps[urgency]).map((step) => (
              <li key={`${step.contact} ${step.delay_ms}`}>
                <span className="step-when">{afterWords(step.delay_ms)}</span>{' '}
                {nameOf(step.contact, own.contacts)}
              </li>
            ))}
          </ol>
          <p className="field-help">These hold without any set-up, and take new contacts in by themselves.</p>
          <button
            type="button"
            className="button button-plain button-small"
            onClick={() => put(sorted(own.steps[urgency]))}
          >
            Change these steps
          </button>
        </>
      ) : (
        <>
          <ol className="steps-edited">
            {steps.map((step, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- a step is nothing but its place.
              <Step key={index} {...props} step={step} index={index} steps={steps} put={put} />
            ))}
          </ol>
          {fault !== undefined && <p className="field-error">{fault}</p>}
          <div className="me-tools">
            <button
              type="button"
              className="button button-plain button-small"
              onClick={() => put([...steps, nextStep(steps, own.contacts)])}
            >
              <Icon name="plus" size={14} /> Add a step
            </button>
            <button type="button" className="button button-small" onClick={() => put(null)}>
              Use the default steps
            </button>
          </div>
        </>
      )}
    </fieldset>
  );
}

function Step(
  props: RulesPart & {
    readonly urgency: Urgency;
    readonly title: string;
    readonly step: StepView;
    readonly index: number;
    readonly steps: readonly StepView[];
    readonly put: (steps: readonly StepView[]) => void;
  },
) {
  const { own, wrong, urgency, title, step, index, steps, put } = props;
  const field = `${urgency}.${index}`;
  const faults = ['delay_ms', 'contact'].flatMap((it) => wrong.get(`${field}.${it}`) ?? []);
  const label = `${title}, step ${index + 1}`;
  const putStep = (part: Partial<StepView>) => put(steps.with(index, { ...step, ...part }));
  return (
    <li className={faults.length > 0 ? 'step field field-wrong' : 'step field'}>
      <span className="step-line">
        After
        <input
          type="number"
          min={0}
          max={1440}
          step="any"
          className="step-minutes"
          aria-label={`${label}: minutes after the page`}
          aria-invalid={wrong.has(`${field}.delay_ms`)}
          value={Number.isNaN(step.delay_ms) ? '' : step.delay_ms / MINUTE}
          onChange={(event) => putStep({ delay_ms: Math.round(event.currentTarget.valueAsNumber * MINUTE) })}
        />
        min by
        <ContactChoice
          label={`${label}: by which contact`}
          isWrong={wrong.has(`${field}.contact`)}
          contacts={own.contacts}
          value={step.contact}
          onChange={(contact) => putStep({ contact })}
        />
        <button
          type="button"
          className="button-icon"
          aria-label={`Remove ${label}`}
          title="Remove"
          onClick={() => put(steps.toSpliced(index, 1))}
        >
          <Icon name="trash" />
        </button>
      </span>
      {faults.map((it) => (
        <p key={it} className="field-error">
          {it}
        </p>
      ))}
    </li>
  );
}

function ContactChoice(props: {
  readonly label: string;
  readonly isWrong: boolean;
  readonly contacts: readonly ContactView[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}) {
  const { label, isWrong, contacts, value, onChange } = props;
  return (
    <select
      aria-label={label}
      aria-invalid={isWrong}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {!contacts.some(({ id }) => id === value) && <option value={value}>a contact that is gone</option>}
      {contacts.map(({ id }) => (
        <option key={id} value={id}>
          {nameOf(id, contacts)}
        </option>
      ))}
    </select>
  );
}

/** The first contact that no step uses yet, a little after the last step. */
function nextStep(steps: readonly StepView[], contacts: readonly ContactView[]): StepView {
  const unused = contacts.find(({ id }) => steps.every((it) => it.contact !== id));
  const last = Math.max(0, ...steps.map((it) => it.delay_ms).filter((it) => !Number.isNaN(it)));
  const delay_ms = steps.length === 0 ? 0 : Math.min(last + 5 * MINUTE, 1440 * MINUTE);
  return { contact: (unused ?? contacts[0])?.id ?? '', delay_ms };
}

function sorted(steps: readonly StepView[]): StepView[] {
  return steps.toSorted((a, b) => a.delay_ms - b.delay_ms);
}

function nameOf(id: string, contacts: readonly ContactView[]): string {
  const found = contacts.find((it) => it.id === id);
  if (!found) return id;
  const state = found.problem === null ? '' : ' (not in use)';
  return `${found.name} ${found.label}`.trim() + state;
}
