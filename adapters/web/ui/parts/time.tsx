import { useNow } from '../clock.ts';
import { clockTime, dateTime, fullTime, relativeTime } from '../times.ts';

/** A time in the reader's zone. Hovering shows all of it. */
export function Time({ at, style }: { readonly at: string; readonly style: 'clock' | 'date' | 'relative' }) {
  const time = Date.parse(at);
  const now = useNow(style === 'relative' ? 15_000 : 600_000);
  if (Number.isNaN(time)) return <span>{at}</span>;
  const words = { clock: clockTime, date: (it: number) => dateTime(it), relative: relativeTime }[style](
    time,
    now,
  );
  return (
    <time dateTime={at} title={fullTime(time)}>
      {words}
    </time>
  );
}
