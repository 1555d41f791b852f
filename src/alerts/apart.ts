import { LABELS_MAX, type Alert } from './alert.ts';
import { isPlainFields, type Fields } from './fields.ts';
import { instantOf } from './normalise.ts';

/** A message taken apart: what it says whenever it comes, as one text, and what is its own each time. */
export interface Apart {
  readonly words: string;
  readonly own: Pick<Alert, 'eventId' | 'metrics' | 'at'>;
  /** Of a message that is one of several in a body: what was sent of it; the first has what stands around them as well. */
  readonly payload?: unknown;
  /**
   * What is its own as it was sent: put over the payload of any other of the same words it makes this one, but for what
   * `isExact` refuses. Left out where there is more to it, or a whole number that a number here does not hold exactly.
   */
  readonly sent?: Fields;
}

/** An event of contracts 1.2; null where what is its own is not plainly what it should be, or may have to be cut. */
export function eventApart(body: unknown): Apart[] | null {
  if (!isPlainFields(body)) return null;
  const { event_id: id = null, timestamp, metrics = {}, ...rest } = body;
  const at = typeof timestamp === 'string' ? instantOf(timestamp) : null;
  if (at === null || !(id === null || isName(id)) || !isFigures(metrics)) return null;
  const said = JSON.stringify(rest);
  const apart = {
    words: `${which(body, 'event_id', 'metrics')} ${said}`,
    own: { eventId: id, metrics, at },
  };
  if (!Object.values(metrics).every(isSafe)) return [apart];
  return [{ ...apart, sent: { event_id: body['event_id'], timestamp, metrics: body['metrics'] } }];
}

/** Those of them that it has, since nothing is not the same as nothing said. */
function which(fields: Fields, ...names: readonly string[]): string {
  return names.filter((name) => Object.hasOwn(fields, name)).join(' ');
}

/** Whether words are those of one message only: whole numbers can be so long that several are one here (IEEE 754, 53 bits). */
export function isExact(words: string): boolean {
  return !/\d{16}|\de\+/.test(words);
}

function isSafe(figure: number): boolean {
  return Math.abs(figure) <= Number.MAX_SAFE_INTEGER;
}

/** The alerts of a webhook of Alertmanager, which repeats all of an alert and says from when on. */
export function labelledApart(body: unknown): Apart[] | null {
  if (!isPlainFields(body)) return null;
  const { externalURL, alerts } = body;
  if (!Array.isArray(alerts) || alerts.length === 0) return null;
  const apart: Apart[] = [];
  for (const alert of alerts as readonly unknown[]) {
    if (!isPlainFields(alert)) return null;
    const { startsAt, endsAt, ...rest } = alert;
    if (!isTextOrNone(startsAt) || !isTextOrNone(endsAt)) return null;
    const said = JSON.stringify({ externalURL, alert: rest });
    const isFirst = apart.length === 0;
    apart.push({
      words: `${which(alert, 'startsAt', 'endsAt')} ${said}`,
      own: { eventId: null, metrics: {}, at: instantOf(rest['status'] === 'firing' ? startsAt : endsAt) },
      ...(alerts.length > 1 && { payload: isFirst ? { ...body, alerts: [alert] } : alert }),
      ...(!isFirst && { sent: { startsAt, endsAt } }),
    });
  }
  return apart;
}

/** What stays as it is wherever it is stored; an id of 200 characters is kept whole. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value);
}

function isFigures(value: unknown): value is Record<string, number> {
  if (!isPlainFields(value)) return false;
  const names = Object.keys(value);
  return names.length <= LABELS_MAX && names.every((name) => isFigure(name, value));
}

function isFigure(name: string, values: Fields): boolean {
  return Number.isFinite(values[name]) && isName(name);
}

function isTextOrNone(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
