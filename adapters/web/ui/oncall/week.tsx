import type { KeyboardEvent } from 'react';

import { format } from '../times.ts';
import { BarButton } from './bar-button.tsx';
import { lanesOf, piecesIn, shareOf, type Piece } from './bars.ts';
import { walkDays } from './day-keys.ts';
import { DayButton, isToday } from './month.tsx';
import type { Shown } from './shown.ts';
import { clockWords, weekWords } from './words.ts';
import type { Day } from './zone.ts';

const HOURS = [0, 3, 6, 9, 12, 15, 18, 21];

/** A week, day beside day, hours from top to bottom. */
export function Week(shown: Shown) {
  const { days, first, now } = shown;
  const entry = days.find((it) => isToday(it, now)) ?? days[0];
  return (
    <div
      className="cal-hours"
      role="group"
      aria-label={weekWords(first)}
      onKeyDown={(event: KeyboardEvent<HTMLElement>) => walkDays(event, shown.onStep)}
    >
      <div className="cal-axis" aria-hidden="true">
        {HOURS.map((hour) => (
          <span key={hour} style={{ top: `${(hour / 24) * 100}%` }}>
            {String(hour).padStart(2, '0')}:00
          </span>
        ))}
      </div>
      {days.map((day) => (
        <Column key={day.wall} day={day} shown={shown} isEntry={day === entry} />
      ))}
    </div>
  );
}

function Column({
  day,
  shown,
  isEntry,
}: {
  readonly day: Day;
  readonly shown: Shown;
  readonly isEntry: boolean;
}) {
  const pieces = piecesIn(shown.bars, [day]);
  const widths = widthsOf(pieces);
  const all = widths.reduce((sum, width) => sum + width, 0);
  const isHere = isToday(day, shown.now);
  return (
    <div className={isHere ? 'cal-column is-today' : 'cal-column'}>
      <DayButton day={day} shown={shown} isEntry={isEntry}>
        <small>{format(day.wall, { weekday: 'short' }, { zone: 'UTC' })}</small>
        {format(day.wall, { day: 'numeric' }, { zone: 'UTC' })}
      </DayButton>
      <div className="cal-track">
        {pieces.map((it) => (
          <BarButton
            key={`${it.bar.kind} ${it.bar.person} ${it.bar.from}`}
            {...it}
            shown={shown}
            isTall
            style={{
              top: `${it.start * 100}%`,
              height: `${(it.end - it.start) * 100}%`,
              left: `${(widths.slice(0, it.lane).reduce((sum, width) => sum + width, 0) / all) * 100}%`,
              width: `${((widths[it.lane] ?? 1) / all) * 100}%`,
            }}
          />
        ))}
        {isHere && (
          <span className="cal-now" style={{ top: `${shareOf(shown.now, [day]) * 100}%` }} aria-hidden="true">
            {clockWords(shown.now, shown.zone)}
          </span>
        )}
      </div>
    </div>
  );
}

/** Who is told along takes less room than who is on call. */
function widthsOf(pieces: readonly Piece[]): number[] {
  const isShadow = (lane: number) => pieces.some((it) => it.lane === lane && it.bar.kind === 'shadow');
  return Array.from({ length: lanesOf(pieces) }, (_, lane) => (isShadow(lane) ? 0.6 : 1));
}
