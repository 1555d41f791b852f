/** A time as `<t:...>` shows it, by its style: in UTC, for the reader of a test is nowhere else. */
export function shownTime(seconds: number, style: string, now: Date): string {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return 'Invalid Date';
  const clock = at.toISOString().slice(11, 16);
  const day = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(at);
  const weekday = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'long' }).format(at);
  const shown: Readonly<Record<string, string>> = {
    t: clock,
    T: at.toISOString().slice(11, 19),
    d: at.toISOString().slice(0, 10).split('-').toReversed().join('/'),
    D: day,
    f: `${day} ${clock}`,
    F: `${weekday}, ${day} ${clock}`,
    s: `${day} ${clock}`,
    S: `${day} ${at.toISOString().slice(11, 19)}`,
    R: relative(at.getTime() - now.getTime()),
  };
  return shown[style] ?? '';
}

function relative(ms: number): string {
  const units = [
    ['year', 31_536_000_000],
    ['month', 2_592_000_000],
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ] as const;
  const [unit, size] = units.find(([, of]) => Math.abs(ms) >= of) ?? ['second', 1000];
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(Math.trunc(ms / size), unit);
}
