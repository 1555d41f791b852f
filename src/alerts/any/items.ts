/** How many alerts a payload holds, and where each stands. */
import { type Fields, get, isFields } from '../fields.ts';
import { squash } from './view.ts';

/** Lists under these names hold one alert each. */
const LISTS = new Set('alerts messages incidents notifications problems alarms records'.split(' '));

/** Lists under these do where the object around them has no headline of its own. */
const MAYBE_LISTS = new Set('events issues data items results entries alertlist'.split(' '));

const HEADLINES = new Set(
  'title name summary message subject alertname rulename searchname msg text savedsearch'.split(' '),
);

/** JSON inside JSON under these names is read as if it stood there itself: SNS, form posts, relays. */
const NESTED = new Set(
  'message payload data body detail details event incident alert json attachment'.split(' '),
);
const NESTED_MAX = 1_000_000;

/** What is read with each member of a list; more than any sender puts around one. */
const AROUND_MAX = 60;

/** The alerts of a payload as objects; what stands around a list is read with each of its members. */
export function itemsOf(body: unknown): Fields[] {
  if (Array.isArray(body)) return body.filter(isFields).flatMap((it) => itemsOf(it));
  if (!isFields(body)) return [];
  const opened = unnest(body);
  const list = Object.entries(opened).find(([name, value]) => isList(squash(name), value, opened));
  if (!list) return [opened];
  const [name, members] = list as [string, readonly unknown[]];
  const around = Object.fromEntries(
    Object.entries(opened)
      .filter(([it]) => it !== name)
      .slice(0, AROUND_MAX),
  );
  return members.filter(isFields).map((it) => ({ ...around, ...unnest(unwrapSns(it)) }));
}

function isList(name: string, value: unknown, around: Fields): boolean {
  if (!Array.isArray(value) || !value.some(isFields)) return false;
  return (
    LISTS.has(name) || (MAYBE_LISTS.has(name) && !Object.keys(around).some((it) => HEADLINES.has(squash(it))))
  );
}

/** A Lambda or SQS relay of SNS: `Records: [{ Sns: { Message } }]`. */
function unwrapSns(item: Fields): Fields {
  const sns = get(item, 'Sns');
  return isFields(sns) ? sns : item;
}

function unnest(body: Fields): Fields {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, NESTED.has(squash(name)) ? parsed(value) : value]),
  );
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > NESTED_MAX || !/^\s*\{/.test(value)) return value;
  try {
    const inner: unknown = JSON.parse(value);
    return isFields(inner) ? inner : value;
  } catch {
    return value;
  }
}
