import { faultOf, Labelled, type Faults } from './fields.tsx';
import { UNITS, type LayerDraft, type Unit } from './layer-drafts.ts';
import { TurnsField } from './turns.tsx';

interface Props {
  readonly draft: LayerDraft;
  /** From 1. */
  readonly number: number;
  readonly faults: Faults;
  readonly onChange: (change: Partial<LayerDraft>) => void;
  readonly onRemove: () => void;
}

const UNIT_NAMES: Record<Unit, string> = {
  hour: 'hours',
  day: 'days',
  week: 'weeks',
  month: 'months',
  custom: 'as written (P10D, PT36H)',
};

/** One layer of a schedule: who takes turns, for how long, and when it counts at all. */
export function LayerFields({ draft, number, faults, onChange, onRemove }: Props) {
  const wrong = (field: string) => faultOf(faults, `layers.${draft.key}${field === '' ? '' : `.${field}`}`);
  const named = FIELDS.some((field) => wrong(field) !== '');
  return (
    <fieldset className="oncall-layer">
      <legend>
        Layer {number}
        {draft.name !== '' && `: ${draft.name}`}
      </legend>
      {!named && wrong('') !== '' && (
        <p className="form-refusal" role="alert">
          {wrong('')}
        </p>
      )}
      <Labelled label="Name" error={wrong('name')}>
        {(tied) => (
          <input
            {...tied}
            autoComplete="off"
            value={draft.name}
            onChange={(it) => onChange({ name: it.target.value })}
          />
        )}
      </Labelled>
      <TurnsField turns={draft.turns} error={wrong('people')} onChange={(turns) => onChange({ turns })} />
      <Rotation {...{ draft, onChange, wrong }} />
      <Labelled
        label="Only at these times"
        isOptional
        help="One a line, like mon-fri 09:00-17:00 or 22:00-06:00; none: always."
        error={wrong('only')}
      >
        {(tied) => (
          <textarea
            {...tied}
            rows={2}
            value={draft.only}
            onChange={(it) => onChange({ only: it.target.value })}
          />
        )}
      </Labelled>
      {draft.kept.windows.length > 0 && (
        <p className="field-help">
          It also has {draft.kept.windows.length} windows that are longer than a day; they stay, and are
          changed in the file.
        </p>
      )}
      <More {...{ draft, onChange, wrong }} />
      <button type="button" className="button button-plain button-small" onClick={onRemove}>
        Remove this layer
      </button>
    </fieldset>
  );
}

const FIELDS = ['name', 'people', 'rotation', 'only', 'timezone', 'priority'] as const;

type PartProps = Pick<Props, 'draft' | 'onChange'> & { readonly wrong: (field: string) => string };

function Rotation({ draft, onChange, wrong }: PartProps) {
  const { start, end } = { start: wrong('rotation.start'), end: wrong('rotation.end') };
  const length = wrong('rotation.every') || (start + end === '' ? wrong('rotation') : '');
  return (
    <div className="form-row">
      <Labelled label="A turn lasts" error={length}>
        {(tied) => (
          <span className="oncall-length">
            <input {...tied} value={draft.length} onChange={(it) => onChange({ length: it.target.value })} />
            <select
              aria-label="Unit of a turn"
              value={draft.unit}
              onChange={(it) => onChange({ unit: UNITS.find((unit) => unit === it.target.value) ?? 'week' })}
            >
              {UNITS.map((unit) => (
                <option key={unit} value={unit}>
                  {UNIT_NAMES[unit]}
                </option>
              ))}
            </select>
          </span>
        )}
      </Labelled>
      <Labelled label="First turn, hand-off at" error={start}>
        {(tied) => (
          <input
            {...tied}
            type="datetime-local"
            value={draft.start}
            onChange={(it) => onChange({ start: it.target.value })}
          />
        )}
      </Labelled>
      <Labelled label="Ends" isOptional error={end}>
        {(tied) => (
          <input
            {...tied}
            type="datetime-local"
            value={draft.end}
            onChange={(it) => onChange({ end: it.target.value })}
          />
        )}
      </Labelled>
    </div>
  );
}

function More({ draft, onChange, wrong }: PartProps) {
  return (
    <div className="form-row">
      <Labelled label="Clocks of" isOptional error={wrong('timezone')}>
        {(tied) => (
          <input
            {...tied}
            list="oncall-zones"
            placeholder="as the schedule"
            value={draft.timezone}
            onChange={(it) => onChange({ timezone: it.target.value })}
          />
        )}
      </Labelled>
      <Labelled label="Priority" error={wrong('priority')}>
        {(tied) => (
          <input
            {...tied}
            type="number"
            step={1}
            value={draft.priority}
            onChange={(it) => onChange({ priority: it.target.value })}
          />
        )}
      </Labelled>
      <label className="oncall-check">
        <input
          type="checkbox"
          checked={draft.shadow}
          onChange={(it) => onChange({ shadow: it.target.checked })}
        />
        Told along only, to learn
      </label>
    </div>
  );
}
