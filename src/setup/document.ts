import { isMap, isNode, isPair, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { z } from 'zod';

import { UserError } from '#src/errors.ts';

import { refusal, type Fault, type Path, type Place } from './faults.ts';
import { byId, fields, text } from './fields.ts';
import { HeartbeatEntry } from './sections/heartbeats.ts';
import { PersonEntry } from './sections/people.ts';
import { PolicyEntry } from './sections/policies.ts';
import { RouteEntry } from './sections/routes.ts';
import { RulesEntry } from './sections/rules.ts';
import { ScheduleEntry } from './sections/schedules.ts';
import { ServiceEntry } from './sections/services.ts';
import { SyntheticPageEntry } from './sections/synthetic-page.ts';
import { TeamEntry } from './sections/teams.ts';

const HANDLE = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;
const HANDLE_SAYS = 'use 1 to 64 small letters, digits, dots, dashes or underscores';
const ID = /^\S(?:.{0,98}\S)?$/;
const ID_SAYS = 'use 1 to 100 characters';

/** What a file may say. A section that is left out stays as it is. */
const DocumentShape = fields({
  version: z.literal('1', { error: 'begin the file with version: 1' }),
  people: byId(PersonEntry, HANDLE, HANDLE_SAYS).optional(),
  teams: byId(TeamEntry, HANDLE, HANDLE_SAYS).optional(),
  schedules: byId(ScheduleEntry, ID, ID_SAYS).optional(),
  policies: byId(PolicyEntry, ID, ID_SAYS).optional(),
  routes: byId(RouteEntry, ID, ID_SAYS).optional(),
  default_policy: text().nullable().optional(),
  rules: byId(RulesEntry, HANDLE, HANDLE_SAYS).optional(),
  heartbeats: byId(HeartbeatEntry, HANDLE, HANDLE_SAYS).optional(),
  services: byId(ServiceEntry, HANDLE, HANDLE_SAYS).optional(),
  synthetic_page: z.union([z.null(), SyntheticPageEntry]).optional(),
});
export type Sections = z.output<typeof DocumentShape>;

export interface SetupFile {
  readonly sections: Sections;
  /** Where something stands, or what it is in; null where its section or entry is not in the file. */
  readonly placeOf: (path: Path) => Place | null;
}

/** Deeper than any setting goes; a file that refers to itself has no bottom. */
const DEEPEST = 30;
/** More values than these are a mistake, or a file that unfolds without end. */
const MOST_VALUES = 200_000;

/** @throws UserError that names every fault with its line and what to write instead */
export function readFile(source: string): SetupFile {
  const lines = new LineCounter();
  const document = parse(source, lines);
  const placeOf = (path: Path) => placeIn(document, path, lines);
  const [broken] = document.errors;
  if (broken?.message.startsWith('Maximum call stack')) throw tooMuch();
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new UserError('bad_arguments', `Line ${line}: ${saidError(broken.code, broken.message)}`, {
      faults: [{ line, column: col, path: '', says: broken.message }],
    });
  }
  const value = unfold(document);
  const read = DocumentShape.safeParse(value);
  if (read.success) return { sections: read.data, placeOf };
  throw refusal(read.error.issues.map(toFault), (path) => placeOf(path) ?? { line: 1, column: 1 });
}

/**
 * Text is all that YAML may make of a word, but for true, false and nothing: a
 * telephone number is no sum, and an id of digits no number.
 */
function parse(source: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(source, {
    lineCounter,
    prettyErrors: false,
    logLevel: 'error',
    schema: 'failsafe',
    customTags: (tags) => [
      ...tags.filter((it) => typeof it === 'string' || it.tag !== BINARY),
      'null',
      'bool',
    ],
  });
}

const BINARY = 'tag:yaml.org,2002:binary';

function unfold(document: Document.Parsed): unknown {
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) throw tooMuch();
    throw error;
  }
  let many = 0;
  const measure = (it: unknown, depth: number): void => {
    many += 1;
    if (depth > DEEPEST || many > MOST_VALUES) throw tooMuch();
    if (typeof it === 'object' && it !== null) for (const one of Object.values(it)) measure(one, depth + 1);
  };
  measure(value, 0);
  return value;
}

function tooMuch(): UserError {
  return new UserError(
    'bad_arguments',
    'The file unfolds to more than can be meant: it is nested too deep, has too many aliases, or refers to itself. Write it out.',
  );
}

function saidError(code: string, message: string): string {
  const known: Record<string, string> = {
    DUPLICATE_KEY: 'this name is there twice; keep one of them.',
    TAB_AS_INDENT: 'a tab is used to indent; use spaces.',
    BAD_INDENT: 'this is not indented like its neighbours.',
    MULTIPLE_DOCS: 'a second document begins with ---; keep one.',
  };
  return known[code] ?? `this is not YAML: ${message}.`;
}

/** What zod says of keys that may not be there has their object as its path. */
function toFault(issue: z.core.$ZodIssue): Fault {
  const path = issue.path.filter((it) => typeof it !== 'symbol');
  const [key] = issue.code === 'unrecognized_keys' ? issue.keys : [];
  return { path: key === undefined ? path : [...path, key], says: issue.message };
}

function placeIn(document: Document.Parsed, path: Path, lines: LineCounter): Place | null {
  let node: unknown = document.contents;
  let found: Node | null = isNode(node) ? node : null;
  for (const [depth, step] of path.entries()) {
    const next = below(node, step);
    if (!next) {
      // A section or an entry that is not in the file has no line; a version that is missing is missing in the first.
      if (depth < 2 && step !== 'version') return null;
      break;
    }
    found = next.at ?? found;
    node = next.value;
  }
  const offset = found?.range?.[0];
  if (offset === undefined) return { line: 1, column: 1 };
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** What a name or a place leads to, and where that is said to begin. */
function below(node: unknown, step: string | number): { at: Node | null; value: unknown } | null {
  if (isMap(node)) {
    const pair = node.items.find((it) => isPair(it) && keyOf(it.key) === String(step));
    if (!pair) return null;
    return { at: isNode(pair.key) ? pair.key : null, value: pair.value };
  }
  if (!isSeq(node) || typeof step !== 'number') return null;
  const value = node.items[step];
  return value === undefined ? null : { at: isNode(value) ? value : null, value };
}

function keyOf(key: unknown): string {
  return typeof key === 'object' && key !== null && 'value' in key ? String(key.value) : String(key);
}
