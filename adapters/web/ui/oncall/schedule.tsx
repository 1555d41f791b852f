import { useMemo, useState } from 'react';

import { useNow } from '../clock.ts';
import { useKnown, useNames } from '../context.ts';
import { meOf } from '../state/state.ts';
import { useNarrow } from '../widgets/narrow.ts';
import { Agenda } from './agenda.tsx';
import { useAsked } from './asked.ts';
import { barsOf, coloursOf, type Bar } from './bars.ts';
import { Below } from './below.tsx';
import { Controls, type Mode } from './controls.tsx';
import { Go } from './go.tsx';
import { Legend } from './legend.tsx';
import { Month } from './month.tsx';
import { OverrideDialog } from './override-dialog.tsx';
import { Waiting } from './person.tsx';
import type { Shown } from './shown.ts';
import type { ScheduleView, SpanView } from './views.ts';
import { Week } from './week.tsx';
import { DAY, daysFrom, firstOfMonth, midnight, monday, ownZone, wallAt, type Day } from './zone.ts';

/** What the form is about: a shift, or a day. */
interface Chosen {
  readonly bar: Bar | null;
  readonly from: number;
  readonly until: number;
}

/** A schedule as a calendar, and below it what else is to be known of it. */
export function Schedule({ id }: { readonly id: string }) {
  const path = `/api/v1/schedules/${encodeURIComponent(id)}`;
  const schedule = useAsked<ScheduleView>(path);
  if (!schedule.data) {
    return (
      <>
        <Waiting error={schedule.error} />
        {schedule.error !== '' && <Go to={{ type: 'now' }}>All schedules</Go>}
      </>
    );
  }
  const { name, enabled } = schedule.data;
  return (
    <>
      <header className="oncall-head">
        <h1>{name}</h1>
        {!enabled && <span className="tag">Switched off</span>}
      </header>
      <Calendar key={id} of={schedule.data} path={path} onChange={schedule.again} />
    </>
  );
}

interface Props {
  readonly of: ScheduleView;
  readonly path: string;
  readonly onChange: () => void;
}

function Calendar(props: Props) {
  const { of, path } = props;
  const narrow = useNarrow() === 'very';
  const period = usePeriod(narrow);
  const { mode, zone, first, days, now } = period;
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const mayChange = useKnown((state) => (meOf(state)?.role ?? 'viewer') !== 'viewer');
  const [begin, end] = [days[0]?.from ?? now, days.at(-1)?.until ?? now + DAY];
  const spans = useAsked<readonly SpanView[]>(`${path}/shifts?${queryOf(begin - AROUND, end + AROUND)}`);
  const bars = useMemo(() => {
    return barsOf(spans.data ?? []).filter((it) => it.from < end && it.until > begin);
  }, [spans.data, begin, end]);
  const shown: Shown = {
    days,
    first,
    bars,
    colours: useColours(of, bars),
    zone,
    now,
    onDay: (day) => setChosen({ bar: null, from: Math.max(day.from, now), until: day.until }),
    onBar: (bar) => setChosen({ bar, from: Math.max(bar.from, now), until: bar.until }),
    onStep: period.step,
  };
  const changed = () => {
    spans.again();
    props.onChange();
  };
  return (
    <>
      <Controls
        {...{ mode, zone, first, of }}
        onMode={period.setMode}
        onZone={period.setZone}
        onToday={period.toToday}
        onStep={period.step}
        onNew={mayChange ? () => setChosen({ bar: null, from: now, until: Math.max(end, now + DAY) }) : null}
      />
      {spans.data ? <Legend colours={shown.colours} bars={bars} /> : <Waiting error={spans.error} />}
      {spans.data && spans.error !== '' && <Waiting error={spans.error} />}
      {narrow ? <Agenda {...shown} /> : mode === 'week' ? <Week {...shown} /> : <Month {...shown} />}
      <Below of={of} path={path} zone={zone} onChange={changed} />
      {chosen && (
        <OverrideDialog
          schedule={{ id: of.id, name: of.name }}
          zone={zone}
          of={chosen.bar}
          span={chosen}
          onDone={changed}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  );
}

/** So much is asked for on both sides of what is shown, so that it is known when gaps there begin and end. */
const AROUND = 7 * DAY;

/** Which days are shown, by whose clocks. */
function usePeriod(narrow: boolean) {
  const now = useNow(60_000);
  const [mode, setMode] = useState<Mode>(narrow ? 'week' : 'month');
  const [zone, setZone] = useState(ownZone);
  const [anchor, setAnchor] = useState(() => wallAt(now, zone));
  const { first, days } = useMemo(() => periodOf(mode, anchor, zone, narrow), [mode, anchor, zone, narrow]);
  const step = (by: 1 | -1) => setAnchor(mode === 'week' ? first + 7 * by * DAY : firstOfMonth(first, by));
  const toToday = () => setAnchor(wallAt(now, zone));
  return { mode, zone, first, days, now, setMode, setZone, step, toToday };
}
/** A week, or the weeks that a month lies in. A list begins with the day that is asked for: what is over needs no room. */
function periodOf(
  mode: Mode,
  anchor: number,
  zone: string,
  isList: boolean,
): { readonly first: number; readonly days: Day[] } {
  if (mode === 'week') {
    const begin = isList ? midnight(anchor) : monday(anchor);
    return { first: begin, days: daysFrom(begin, 7, zone) };
  }
  const first = firstOfMonth(midnight(anchor));
  const begin = monday(first);
  const weeks = Math.ceil((firstOfMonth(first, 1) - begin) / (7 * DAY));
  return { first, days: daysFrom(begin, 7 * weeks, zone) };
}

function queryOf(from: number, to: number): string {
  return new URLSearchParams({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  }).toString();
}

/** In the order of the rotation, then whoever else is there; the same however far one leafs. */
function useColours(of: ScheduleView, bars: readonly Bar[]): ReadonlyMap<string, number> {
  const names = useNames().of;
  return useMemo(() => {
    const own = of.layers.flatMap(({ people }) => people.flat());
    const others = [...names.keys()].toSorted();
    return coloursOf([...own, ...others, ...bars.flatMap(({ person }) => person ?? [])]);
  }, [of, bars, names]);
}
