import { useNow } from '../clock.ts';
import type { IncidentView } from '../net/rest.ts';
import { isOver } from '../state/rooms.ts';
import { clockTime, duration } from '../times.ts';
import { clocksOf, type Clock } from './clocks-of.ts';

/** How long it has been going on, and what is promised next. */
export function Clocks({ incident }: { readonly incident: IncidentView }) {
  const now = useNow(1000);
  const clocks = clocksOf(incident);
  return (
    <dl className="clocks">
      <div>
        <dt>{isOver(incident) ? 'Was open for' : 'Open for'}</dt>
        <dd>{duration(Math.max(0, (clocks.until ?? now) - clocks.since))}</dd>
      </div>
      {clocks.promises.map((promise) => (
        <Promised key={promise.label} promise={promise} now={now} />
      ))}
    </dl>
  );
}

function Promised({ promise, now }: { readonly promise: Clock; readonly now: number }) {
  const { label, due } = promise;
  const left = due - now;
  const urgency = left < 0 ? 'clock-late' : left < promise.length / 4 ? 'clock-soon' : '';
  return (
    <div className={urgency}>
      <dt>
        {label} {clockTime(due, now)}
      </dt>
      <dd>{left < 0 ? `${duration(-left)} late` : `${duration(left)} left`}</dd>
    </div>
  );
}
