import type { KeyboardEvent } from 'react';

import { format } from '../times.ts';
import { BarButton } from './bar-button.tsx';
import { lanesOf, piecesIn, shareOf } from './bars.ts';
import { walkDays } from './day-keys.ts';
import type { Shown } from './shown.ts';
import { longDay, monthWords } from './words.ts';
import { firstOfMonth, type Day } from './zone.ts';

/** A month, week below week; each shift is a bar from its hour to its hour. */
export function Month(shown: Shown) {
  const { days, first } = shown;
  const weeks = Array.from({ length: days.length / 7 }, (_, index) => days.slice(index * 7, index * 7 + 7));
  const entry = days.find((it) => isToday(it, shown.now)) ?? days.find((it) => it.wall === first);
  return (
    <div
      className="cal-month"
      role="group"
      aria-label={monthWords(first)}
      onKeyDown={(event: KeyboardEvent<HTMLElement>) => walkDays(event, shown.onStep)}
    >
      <div className="cal-names" aria-hidden="true">
        {days.slice(0, 7).map(({ wall }) => (
          <span key={wall}>{format(wall, { weekday: 'short' }, { zone: 'UTC' })}</span>
        ))}
      </div>
      {weeks.map((week) => (
        <Row key={week[0]?.wall} week={week} shown={shown} entry={entry} />
      ))}
    </div>
  );
}

function Row({
  week,
  shown,
  entry,
}: {
  readonly week: readonly Day[];
  readonly shown: Shown;
  readonly entry: Day | undefined;
}) {
  const { bars, first, now } = shown;
  const pieces = piecesIn(bars, week);
  const end = firstOfMonth(first, 1);
  const isNow = week.some((it) => isToday(it, now));
  return (
    <div
      className="cal-week"
      style={{ minHeight: `${Math.max(LEAST, HEAD + lanesOf(pieces) * LANE + 0.35)}rem` }}
    >
      {week.map((day) => {
        const isOutside = day.wall < first || day.wall >= end;
        const classes = `cal-cell${isOutside ? ' is-outside' : ''}${isToday(day, now) ? ' is-today' : ''}`;
        return (
          <div key={day.wall} className={classes}>
            <DayButton day={day} shown={shown} isEntry={day === entry} />
          </div>
        );
      })}
      <div className="cal-bars" style={{ height: `${lanesOf(pieces) * LANE}rem` }}>
        {pieces.map((it) => (
          <BarButton
            key={`${it.bar.kind} ${it.bar.person} ${it.bar.from}`}
            {...it}
            shown={shown}
            style={{
              left: `${it.start * 100}%`,
              width: `${(it.end - it.start) * 100}%`,
              top: `${it.lane * LANE}rem`,
            }}
          />
        ))}
        {isNow && (
          <span className="cal-now" style={{ left: `${shareOf(now, week) * 100}%` }} aria-hidden="true" />
        )}
      </div>
    </div>
  );
}

/** The height of a lane with its distance to the next, in rem. */
const LANE = 1.95;
/** The height of the numbers of the days, in rem. */
const HEAD = 2.1;
/** The least height of a week, in rem. */
const LEAST = 4.9;

/** The number of a day; choosing it puts somebody on call for that day. */
export function DayButton(props: {
  readonly day: Day;
  readonly shown: Pick<Shown, 'now' | 'onDay'>;
  /** The one by which the Tab key comes to the days. */
  readonly isEntry: boolean;
  readonly children?: React.ReactNode;
}) {
  const { day, shown, isEntry, children } = props;
  return (
    <button
      type="button"
      className="cal-day"
      tabIndex={isEntry ? 0 : -1}
      aria-current={isToday(day, shown.now) ? 'date' : undefined}
      onClick={() => shown.onDay(day)}
    >
      <span className="unseen">{longDay(day.wall)}: put somebody else on call</span>
      <span aria-hidden="true">{children ?? format(day.wall, { day: 'numeric' }, { zone: 'UTC' })}</span>
    </button>
  );
}

export function isToday({ from, until }: Day, now: number): boolean {
  return from <= now && now < until;
}
