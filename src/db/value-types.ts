import { types } from 'pg';
import type { CustomTypesConfig } from 'pg';

/** What PostgreSQL calls its types on the wire: the rows of pg_type that are read in our own way. */
const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;
const DATE_ARRAY = 1182;
const NUMERIC = 1700;
const NUMERIC_ARRAY = 1231;
const TEXT_ARRAY = 1009;

type Read = (text: string) => unknown;

const readTexts = (types.getTypeParser as (id: number) => (text: string) => (string | null)[])(TEXT_ARRAY);

const OWN: ReadonlyMap<number, Read> = new Map<number, Read>([
  [INT8, readInteger],
  [INT8_ARRAY, (text) => readArray(text, readInteger)],
  [NUMERIC, Number],
  [NUMERIC_ARRAY, (text) => readArray(text, Number)],
  [DATE, (text) => text],
  [DATE_ARRAY, (text) => readArray(text, (it) => it)],
]);

/**
 * How values become JavaScript, the same on both databases: int8, count() and
 * numeric are numbers, a date is its text (`2026-03-01`: a day has no instant),
 * timestamptz is a Date, jsonb is what was stored.
 */
export const valueTypes: CustomTypesConfig = {
  getTypeParser(id, format) {
    const own = format === 'binary' ? undefined : OWN.get(id);
    return own ?? types.getTypeParser(id, format);
  },
};

/** @throws Error for a number that JavaScript would round: a wrong figure is worse than none. */
function readInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is too large to be read exactly`);
  return value;
}

function readArray(text: string, read: Read): unknown[] {
  return readTexts(text).map((it) => (it === null ? null : read(it)));
}
