import { useRef, useState } from 'react';

import { notice } from '../actions/attempt.ts';
import { now } from '../clock.ts';
import { useApp } from '../context.ts';
import { ApiError, explain } from '../net/api.ts';
import { Dialog } from '../widgets/dialog.tsx';
import { faultOf, Labelled, type Faults } from './fields.tsx';
import { byKey, draftOf, idFor, layerOf, newDraft, type LayerDraft } from './layer-drafts.ts';
import { LayerFields } from './layer-fields.tsx';
import { Plan } from './plan.tsx';
import type { PlanView, ScheduleView } from './views.ts';
import { monday, ownZone, wallAt, written } from './zone.ts';

interface Props {
  /** Null: a new one. */
  readonly schedule: ScheduleView | null;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** The layers of a schedule as a form. What they would change is shown before anything is. */
export function LayerDialog(props: Props) {
  const { schedule, onClose } = props;
  const { draft, faults, refusal, plan, busy, element, write, look, apply } = useDraft(props);
  const change = (index: number, it: Partial<LayerDraft>) => {
    const before = draft.layers[index];
    if (before) write({ layers: draft.layers.with(index, { ...before, ...it }) });
  };
  return (
    <Dialog
      title={schedule ? `Layers of ${schedule.name}` : 'Make a schedule'}
      className="dialog-layers"
      onClose={onClose}
    >
      <form
        ref={element}
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void (plan ? apply() : look());
        }}
      >
        {refusal !== '' && (
          <p className="form-refusal" role="alert">
            {refusal}
          </p>
        )}
        <Head {...{ draft, faults, write }} isNew={schedule === null} />
        {draft.layers.map((layer, index) => (
          <LayerFields
            key={layer.key}
            draft={layer}
            number={index + 1}
            faults={faults}
            onChange={(it) => change(index, it)}
            onRemove={() => write({ layers: draft.layers.filter((_, at) => at !== index) })}
          />
        ))}
        <div>
          <button
            type="button"
            className="button button-plain"
            onClick={() => write({ layers: [...draft.layers, another(draft.layers.length)] })}
          >
            Add a layer
          </button>
        </div>
        {plan && <Plan plan={plan} />}
        <Tools {...{ plan, busy, onClose }} />
      </form>
    </Dialog>
  );
}

function Tools(props: {
  readonly plan: PlanView | null;
  readonly busy: boolean;
  readonly onClose: () => void;
}) {
  const { plan, busy, onClose } = props;
  return (
    <div className="dialog-tools">
      <button type="button" className="button button-plain" onClick={onClose}>
        Cancel
      </button>
      {(!plan || plan.changes.length > 0) && (
        <button type="submit" className="button button-primary" aria-disabled={busy} aria-busy={busy}>
          {plan ? 'Apply' : 'Show what changes'}
        </button>
      )}
    </div>
  );
}

interface Draft {
  readonly name: string;
  readonly timezone: string;
  readonly layers: readonly LayerDraft[];
}

function Head(props: {
  readonly draft: Draft;
  readonly faults: Faults;
  readonly isNew: boolean;
  readonly write: (change: Partial<Draft>) => void;
}) {
  const { draft, faults, isNew, write } = props;
  return (
    <div className="form-row">
      <Labelled
        label="Name of the schedule"
        help={isNew && draft.name !== '' ? `It is called ${idFor(draft.name)} in files and commands.` : ''}
        error={faultOf(faults, 'name')}
      >
        {(tied) => (
          <input
            {...tied}
            data-first={isNew || undefined}
            autoComplete="off"
            value={draft.name}
            onChange={(event) => write({ name: event.target.value })}
          />
        )}
      </Labelled>
      <Labelled label="Clocks of" error={faultOf(faults, 'timezone')}>
        {(tied) => (
          <input
            {...tied}
            list="oncall-zones"
            value={draft.timezone}
            onChange={(event) => write({ timezone: event.target.value })}
          />
        )}
      </Labelled>
      <datalist id="oncall-zones">
        {ZONES.map((it) => (
          <option key={it} value={it} />
        ))}
      </datalist>
    </div>
  );
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')];

function another(count: number): LayerDraft {
  const begin = written(monday(wallAt(now(), ownZone()))).slice(0, 10);
  return newDraft(count === 0 ? 'Primary' : `Layer ${count + 1}`, begin);
}

function useDraft({ schedule, onDone, onClose }: Props) {
  const app = useApp();
  const element = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState<Draft>(() => ({
    name: schedule?.name ?? '',
    timezone: schedule?.timezone ?? ownZone(),
    layers: schedule?.layers.map(draftOf) ?? [another(0)],
  }));
  const [faults, setFaults] = useState<Faults>([]);
  const [refusal, setRefusal] = useState('');
  const [planned, setPlanned] = useState<{ readonly of: Draft; readonly plan: PlanView } | null>(null);
  // What was planned for what was there before is not shown, however late it came.
  const plan = planned?.of === draft ? planned.plan : null;
  const [busy, setBusy] = useState(false);
  const id = schedule?.id ?? idFor(draft.name);
  const body = { name: draft.name, timezone: draft.timezone, layers: draft.layers.map(layerOf) };

  async function ask(work: () => Promise<void>): Promise<void> {
    setBusy(true);
    setRefusal('');
    setFaults([]);
    try {
      await work();
    } catch (thrown) {
      setPlanned(null);
      const fields = thrown instanceof ApiError ? thrown.fields : [];
      setFaults(fields.map((it) => ({ ...it, field: byKey(it.field, draft.layers) })));
      setRefusal(fields.length > 0 && isPlaced(fields) ? '' : explain(thrown));
      requestAnimationFrame(() =>
        element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(),
      );
    }
    setBusy(false);
  }
  async function look(): Promise<void> {
    await ask(async () => {
      if (id === '') throw fault('name', 'Give it a name with a letter or a digit.');
      const made = await app.api.post<PlanView>(`${pathOf(id)}/plan`, body);
      const isTaken = !schedule && made.changes.every(({ kind }) => kind !== 'added');
      if (isTaken) throw fault('name', 'There is a schedule of this name. Give it another one.');
      setPlanned({ of: draft, plan: made });
    });
  }
  async function apply(): Promise<void> {
    await ask(async () => {
      await app.api.post(`${pathOf(id)}/apply`, { ...body, digest: plan?.digest });
      notice(app, 'It is applied.');
      onDone();
      onClose();
    });
  }
  const write = (change: Partial<Draft>) => setDraft((it) => ({ ...it, ...change }));
  return { draft, faults, refusal, plan, busy, element, write, look, apply };
}

function pathOf(id: string): string {
  return `/api/v1/schedules/${encodeURIComponent(id)}`;
}

function fault(field: string, message: string): ApiError {
  return new ApiError(400, message, [{ field, message }]);
}

/** Whether each is told at a field that the form has. */
function isPlaced(faults: Faults): boolean {
  return faults.every(({ field }) => /^(?:name$|timezone$|layers\.\d+)/.test(field));
}
