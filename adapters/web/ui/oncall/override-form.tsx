import { useRef, useState } from 'react';

import { notice } from '../actions/attempt.ts';
import type { App } from '../app.ts';
import { useApp, useKnown, useNames } from '../context.ts';
import { ApiError, explain } from '../net/api.ts';
import { peopleOf } from '../state/state.ts';
import type { About } from './about.ts';
import { faultOf, Labelled, PickPerson, type Faults } from './fields.tsx';
import type { OverrideView } from './views.ts';
import { listed, nameIn } from './words.ts';
import { instantAt, read, wallAt, written } from './zone.ts';

type Kind = OverrideView['kind'];

interface Values {
  readonly kind: Kind;
  readonly person: string;
  readonly insteadOf: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Whom, instead of whom, from when to when, and why. */
export function OverrideForm(about: About) {
  const filling = useFilling(about);
  const { values, refusal, busy, element, run } = filling;
  const people = useKnown(peopleOf);
  return (
    <form
      ref={element}
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void run();
      }}
    >
      {refusal !== '' && (
        <p className="form-refusal" role="alert">
          {refusal}
        </p>
      )}
      <Labelled
        label={values.kind === 'remove' ? 'Who is off' : 'Who'}
        error={faultOf(filling.faults, 'person')}
      >
        {(tied) => (
          <PickPerson
            {...{ tied, people }}
            isFirst
            value={values.person}
            nobody={values.kind === 'cover' ? 'Nobody at all' : 'Choose somebody…'}
            onChange={(person) => filling.write({ person })}
          />
        )}
      </Labelled>
      <How held={about.of?.person ?? null} filling={filling} />
      <Times zone={about.zone} filling={filling} />
      <div className="dialog-tools">
        <button type="button" className="button button-plain" onClick={about.onClose}>
          Cancel
        </button>
        <button type="submit" className="button button-primary" aria-disabled={busy} aria-busy={busy}>
          {values.kind === 'remove' ? 'Take off' : 'Put on call'}
        </button>
      </div>
    </form>
  );
}

type Filling = Pick<ReturnType<typeof useFilling>, 'values' | 'faults' | 'write'>;

/** In which way; `held` is whose shift was chosen. */
function How({ held, filling }: { readonly held: string | null; readonly filling: Filling }) {
  const names = useNames().of;
  const { values, write } = filling;
  const kinds = held === null ? KINDS.filter((it) => it !== 'replace') : KINDS;
  return (
    <fieldset className="field oncall-how">
      <legend>How</legend>
      {kinds.map((kind) => (
        <label key={kind}>
          <input
            type="radio"
            name="kind"
            checked={values.kind === kind}
            onChange={() =>
              write({ kind, person: kind === 'remove' ? (held ?? values.person) : values.person })
            }
          />
          {howWords(kind, held === null ? '' : nameIn(names, held))}
        </label>
      ))}
    </fieldset>
  );
}

function Times({ zone, filling }: { readonly zone: string; readonly filling: Filling }) {
  const { values, faults, write } = filling;
  return (
    <>
      <div className="form-row">
        {(['from', 'to'] as const).map((field) => (
          <Labelled key={field} label={TIMES[field]} error={faultOf(faults, field)}>
            {(tied) => (
              <input
                {...tied}
                type="datetime-local"
                value={values[field]}
                onChange={(event) => write({ [field]: event.target.value })}
              />
            )}
          </Labelled>
        ))}
      </div>
      <p className="field-help">Times as the clocks of {zone} show them.</p>
      <Labelled label="Why" isOptional error={faultOf(faults, 'reason')}>
        {(tied) => (
          <input
            {...tied}
            autoComplete="off"
            maxLength={200}
            value={values.reason}
            onChange={(event) => write({ reason: event.target.value })}
          />
        )}
      </Labelled>
    </>
  );
}

const KINDS = ['replace', 'cover', 'add', 'remove'] as const;
const TIMES = { from: 'From', to: 'Until' } as const;

function howWords(kind: Kind, held: string): string {
  if (kind === 'replace') return `instead of ${held}, wherever ${held} would be`;
  if (kind === 'cover') return 'instead of everybody who would be on call';
  if (kind === 'add') return 'beside whoever is on call';
  return 'take somebody off';
}

function useFilling(about: About) {
  const { of, span, zone } = about;
  const app = useApp();
  const names = useNames().of;
  const element = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState<Values>(() => ({
    kind: of?.person ? 'replace' : 'cover',
    person: '',
    insteadOf: of?.person ?? '',
    from: written(wallAt(span.from, zone)),
    to: written(wallAt(span.until, zone)),
    reason: '',
  }));
  const [faults, setFaults] = useState<Faults>([]);
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);

  /** Says what is wrong, and leads to the first of it. */
  function complain(thrown: unknown): void {
    const found = thrown instanceof ApiError ? thrown.fields.map(asOurs) : [];
    setFaults(found);
    setRefusal(found.length > 0 ? '' : explain(thrown));
    requestAnimationFrame(() =>
      element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(),
    );
  }
  async function run(): Promise<void> {
    setBusy(true);
    try {
      const made = await send(app, about, values);
      const nobody = made.after.length === 0;
      notice(app, nobody ? 'It is done: nobody is on call then.' : doneWords(made, names));
      about.onDone();
      about.onClose();
    } catch (thrown) {
      complain(thrown);
    }
    setBusy(false);
  }
  const write = (change: Partial<Values>) => {
    setValues((it) => ({ ...it, ...change }));
    setFaults([]);
  };
  return { values, faults, refusal, busy, element, write, run };
}

interface Made {
  readonly override: OverrideView;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

async function send(app: App, { schedule, zone }: About, values: Values): Promise<Made> {
  const { kind, person, insteadOf, reason } = values;
  const instant = (text: string, field: string) => {
    const wall = read(text);
    if (wall !== null) return new Date(instantAt(wall, zone)).toISOString();
    throw new ApiError(400, 'Say the day and the time.', [{ field, message: 'Say the day and the time.' }]);
  };
  return await app.api.post<Made>(`/api/v1/schedules/${encodeURIComponent(schedule.id)}/overrides`, {
    kind,
    person: person === '' ? null : person,
    ...(kind === 'replace' ? { instead_of: insteadOf } : {}),
    from: instant(values.from, 'from'),
    to: instant(values.to, 'to'),
    ...(reason.trim() === '' ? {} : { reason }),
  });
}

function doneWords({ before, after }: Made, names: ReadonlyMap<string, string>): string {
  const said = (people: readonly string[]) => listed(people.map((it) => nameIn(names, it)));
  const gone = before.filter((it) => !after.includes(it));
  const instead = gone.length === 0 ? '' : ` instead of ${said(gone)}`;
  return `It is done: on call then ${after.length === 1 ? 'is' : 'are'} ${said(after)}${instead}.`;
}

/** Whom it replaces is chosen with the shift, so it is told where somebody is chosen. */
function asOurs({ field, message }: Faults[number]): Faults[number] {
  return { field: field === 'instead_of' ? 'person' : field, message };
}
