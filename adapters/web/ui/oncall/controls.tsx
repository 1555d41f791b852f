import { Icon } from '../widgets/icon.tsx';
import type { ScheduleView } from './views.ts';
import { monthWords, weekWords } from './words.ts';
import { ownZone } from './zone.ts';

export type Mode = 'week' | 'month';

const MODES = { week: 'Week', month: 'Month' } as const;

/** Which days are shown, how, and by whose clocks. */
export function Controls(props: {
  readonly of: ScheduleView;
  readonly mode: Mode;
  readonly zone: string;
  readonly first: number;
  readonly onMode: (mode: Mode) => void;
  readonly onZone: (zone: string) => void;
  readonly onToday: () => void;
  readonly onStep: (by: 1 | -1) => void;
  /** Null: the reader may not. */
  readonly onNew: (() => void) | null;
}) {
  const { mode, first, onMode, onStep, onToday, onNew } = props;
  return (
    <div className="cal-controls">
      <div className="cal-steps">
        <button
          type="button"
          className="button-icon cal-back"
          aria-label={`Previous ${mode}`}
          onClick={() => onStep(-1)}
        >
          <Icon name="chevron" />
        </button>
        <button
          type="button"
          className="button-icon cal-on"
          aria-label={`Next ${mode}`}
          onClick={() => onStep(1)}
        >
          <Icon name="chevron" />
        </button>
        <button type="button" className="button button-plain button-small" onClick={onToday}>
          Today
        </button>
        <h2 aria-live="polite">{mode === 'week' ? weekWords(first) : monthWords(first)}</h2>
      </div>
      <div className="cal-switches">
        <fieldset className="cal-switch">
          <legend className="unseen">Show</legend>
          {(['week', 'month'] as const).map((it) => (
            <label key={it}>
              <input type="radio" name="mode" checked={mode === it} onChange={() => onMode(it)} />
              {MODES[it]}
            </label>
          ))}
        </fieldset>
        <Zones {...props} />
        {onNew && (
          <button type="button" className="button button-primary button-small" onClick={onNew}>
            Put somebody else on call
          </button>
        )}
      </div>
    </div>
  );
}

/** The reader's clocks or the schedule's, where they are not the same. */
function Zones({
  of,
  zone,
  onZone,
}: {
  readonly of: ScheduleView;
  readonly zone: string;
  readonly onZone: (zone: string) => void;
}) {
  const own = ownZone();
  if (own === of.timezone) return <span className="cal-zone">Times of {own}</span>;
  return (
    <label className="cal-zone">
      Times of
      <select value={zone} onChange={(event) => onZone(event.target.value)}>
        <option value={own}>{own} (yours)</option>
        <option value={of.timezone}>{of.timezone} (the schedule’s)</option>
      </select>
    </label>
  );
}
