import { LABELS_MAX, type Alert } from './alert.ts';
import { isPlainFields, type Fields } from './fields.ts';
import { instantOf } from './normalise.ts';

/** A message taken apart: what it says whenever it comes, as one text, and what is its own each time. */
export interface Apart {
  readonly words: string;
  readonly own: Pick<Alert, 'eventId' | 'metrics' | 'at'>;
}

/** An event of contracts 1.2; null where what is its own is not plainly what it should be, or may have to be cut. */
export function eventApart(body: unknown): Apart[] | null {
  if (!isPlainFields(body)) return null;
  const { event_id: id = null, timestamp, metrics = {}, ...rest } = body;
  const at = typeof timestamp === 'string' ? instantOf(timestamp) : null;
  if (at === null || !(id === null || isName(id)) || !isFigures(metrics)) return null;
  return [{ words: JSON.stringify(rest), own: { eventId: id, metrics, at } }];
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
    const at = instantOf(rest['status'] === 'firing' ? startsAt : endsAt);
    apart.push({
      words: JSON.stringify({ externalURL, alert: rest }),
      own: { eventId: null, metrics: {}, at },
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
