const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Slack's date formats, for a reader in UTC who uses a clock of 24 hours. */
export function datesIn(format: string, seconds: number, now: Date): string {
  const at = new Date(seconds * 1000);
  const iso = at.toISOString();
  const month = MONTHS[at.getUTCMonth()] ?? '';
  const day = at.getUTCDate();
  const year = at.getUTCFullYear();
  const short = `${month.slice(0, 3)} ${day}, ${year}`;
  const days = Math.floor(seconds / 86_400) - Math.floor(now.getTime() / 86_400_000);
  const near = { '-1': 'yesterday', '0': 'today', '1': 'tomorrow' }[String(days)];
  const values: Readonly<Record<string, string>> = {
    date_num: iso.slice(0, 10),
    date: `${month} ${day}, ${year}`,
    date_short: short,
    date_long: `${DAYS[at.getUTCDay()]}, ${month} ${day}, ${year}`,
    date_pretty: near ?? `${month} ${day}, ${year}`,
    date_short_pretty: near ?? short,
    date_long_pretty: near ?? `${DAYS[at.getUTCDay()]}, ${month} ${day}, ${year}`,
    day_divider_pretty: near ?? `${DAYS[at.getUTCDay()]}, ${month} ${day}`,
    time: iso.slice(11, 16),
    time_secs: iso.slice(11, 19),
    ago: ago(seconds, now),
  };
  return format.replaceAll(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
}

export function isDateFormat(format: string): boolean {
  const names = [...format.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const known = datesIn(format, 0, new Date(0));
  return names.length > 0 && !/\{\w+\}/.test(known);
}

function ago(seconds: number, now: Date): string {
  const minutes = Math.round((now.getTime() / 1000 - seconds) / 60);
  const size = Math.abs(minutes);
  const [count, unit] =
    size < 60
      ? [size, 'minute']
      : size < 1440
        ? [Math.round(size / 60), 'hour']
        : [Math.round(size / 1440), 'day'];
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return minutes >= 0 ? `${words} ago` : `in ${words}`;
}
