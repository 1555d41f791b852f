import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** One request: where it goes, and what is in it, word for word. */
export interface Message {
  /** The last part of the address: POST /api/v1/events/<source>. */
  readonly source: string;
  readonly body: string;
}

/**
 * What was recorded, in the order of the names of the files: a `.json` file is a webhook as it came, and its folder
 * says of which system; a line of a `.jsonl` file is an alert, two of them (`a` and `b`), or a story with `alerts`.
 * Files and lines that are none of that are left out.
 */
export function readMessages(place: string, sources: ReadonlySet<string>): Message[] {
  return filesIn(place).flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.jsonl')) return text.split('\n').flatMap(messagesInLine);
    const folder = path.basename(path.dirname(file)).replace(/^llm-/, '');
    return [{ source: sources.has(folder) ? folder : ANY, body: text }];
  });
}

/** The source that reads whatever it is. */
const ANY = 'any';

function filesIn(place: string): string[] {
  if (!statSync(place).isDirectory()) return [place];
  const names = readdirSync(place).toSorted();
  return names
    .flatMap((name) => {
      const inside = path.join(place, name);
      return statSync(inside).isDirectory() ? filesIn(inside) : [inside];
    })
    .filter((file) => /\.jsonl?$/.test(file));
}

function messagesInLine(line: string): Message[] {
  if (line.trim() === '') return [];
  const row = JSON.parse(line) as Row;
  const alerts = Array.isArray(row['alerts'])
    ? row['alerts']
    : isAlert(row['a'])
      ? [row['a'], row['b']]
      : [row];
  return alerts.filter(isAlert).map((alert) => ({ source: ANY, body: JSON.stringify(named(alert)) }));
}

type Row = Readonly<Record<string, unknown>>;

function isAlert(value: unknown): value is Row {
  return (
    typeof value === 'object' && value !== null && [...NAMES, 'id'].some((name) => Object.hasOwn(value, name))
  );
}

const NAMES = ['alertname', 'title', 'summary'];

/** Some recordings have the name of an alert as its id, and its text a level deeper. */
function named(alert: Row): Row {
  if (NAMES.some((name) => Object.hasOwn(alert, name))) return alert;
  const { id, group_id: service, metadata } = alert;
  return { ...(typeof metadata === 'object' ? metadata : {}), alertname: id, service };
}
