import { z } from 'zod';

import { SEVERITIES, type IncidentNumber, type Severity, type Status } from '#src/incident/incident.ts';
import type { PersonId, TeamId } from '#src/incident/person.ts';
import { cleanLine, clean } from '#src/incident/text.ts';

import type { ArgKind } from './command-shape.ts';

/**
 * One argument of a command. The kinds are a closed list because each of them
 * must be drawable on every platform: as a Discord option, a Slack form field,
 * a Teams input, a web form, and a word in typed text.
 */
export interface Arg<T = unknown> {
  readonly kind: ArgKind;
  readonly help: string;
  readonly required: boolean;
  readonly choices: readonly string[];
  /** Words people usually give; others are taken too. */
  readonly offers: readonly string[];
  /** A text of one word; any other text takes the rest of a typed line. */
  readonly isWord: boolean;
  /** Words that lead to it in typed text: `into`, `because`, `next`. */
  readonly lead: readonly string[];
  /** `nobody` may be said, and is null. */
  readonly mayBeNobody: boolean;
  /** For an assignee: whoever is on call may be meant too. */
  readonly mayBeSchedule: boolean;
  /** For an incident: the states in which the command makes sense, so which ones are offered. */
  readonly among: readonly Status[];
  /** Reads the cleaned word; dispatch has resolved names (people, incidents) before. */
  readonly schema: z.ZodType<T>;
}

export type Args = Readonly<Record<string, Arg>>;
/** Optional arguments are undefined when left out. */
export type ArgValues<A extends Args> = { readonly [K in keyof A]: z.output<A[K]['schema']> };

export type Assignee = { readonly person: PersonId } | { readonly team: TeamId };
/** Those who can be called: also whoever is on call by a schedule, by its id. */
export type Callee = Assignee | { readonly schedule: string };

export const arg = {
  /** One line. Typed without quotes it takes the rest of the line when it is the last. */
  text: (help: string, { max = 255 } = {}) => make<string>('text', help, line(max)),

  /** One word. `offers` are what people usually say. */
  word: (help: string, { max = 60, offers = [] as readonly string[] } = {}) => ({
    ...make<string>('text', help, line(max)),
    isWord: true,
    offers,
  }),

  /** An address people can open. */
  link: (help: string) => ({
    ...make<string>(
      'text',
      help,
      z.url({ protocol: /^https?$/, error: 'write an address that begins with https://' }).max(2000),
    ),
    isWord: true,
  }),

  /** Many lines. */
  paragraph: (help: string, { max = 4000 } = {}) => make<string>('paragraph', help, lines(max)),

  choice: <const T extends readonly [string, ...string[]]>(help: string, choices: T) =>
    ({ ...make<T[number]>('choice', help, z.enum(choices)), choices }) satisfies Arg<T[number]>,

  /** P0 to P4, sev1 to sev5, critical, high, medium, low, info. */
  severity: (help: string) => ({
    ...make<Severity>('severity', help, z.enum(SEVERITIES)),
    choices: SEVERITIES,
  }),

  /** @ana, or `me`. */
  person: (help: string) => make<PersonId>('person', help, z.custom<PersonId>(isWord)),

  /** A person or a team. */
  assignee: (help: string) => make<Assignee>('assignee', help, z.custom<Assignee>(isObject)),

  /** A person, a team, or whoever is on call by a schedule: `oncall:payments`, and its name alone where no team is called so. */
  callee: (help: string) => ({
    ...make<Callee>('assignee', help, z.custom<Callee>(isObject)),
    mayBeSchedule: true,
  }),

  /** An on-call schedule: its id. */
  schedule: (help = 'Which on-call schedule, by its name') =>
    make<string>('schedule', help, z.custom<string>(isWord)),

  /** INC-42, 42 or the long id; left out inside an incident's room it means that room's. */
  incident: (
    help = 'Which incident, like INC-42; leave it out inside its room',
    { among = OPEN }: { readonly among?: readonly Status[] } = {},
  ) => ({
    ...make<IncidentNumber>(
      'incident',
      help,
      z.custom<IncidentNumber>((it) => Number.isSafeInteger(it)),
    ),
    among,
  }),

  /** 30m, 2h, 1d: milliseconds. */
  duration: (help: string) => make<number>('duration', help, z.number().int().positive()),

  /** 14:45, tomorrow 9:00, 2026-03-01T08:00Z, or in 30m. */
  when: (help: string) => make<Date>('when', help, z.date()),

  optional: <T>(of: Arg<T>): Arg<T | undefined> => ({ ...of, required: false, schema: of.schema.optional() }),

  /** Typed after one of these words it is understood: `merge INC-7 into INC-3`, `update ... next 30m`. */
  after: <T>(lead: readonly string[], of: Arg<T>): Arg<T> => ({ ...of, lead }),

  /** `nobody` is an answer too: null. */
  orNobody: <T>(of: Arg<T>): Arg<T | null> => ({ ...of, mayBeNobody: true, schema: of.schema.nullable() }),
};

const OPEN: readonly Status[] = ['NEW', 'ACKNOWLEDGED', 'IN_PROGRESS', 'ESCALATED'];

function make<T>(kind: ArgKind, help: string, schema: z.ZodType<T>): Arg<T> {
  return {
    kind,
    help,
    required: true,
    choices: [],
    offers: [],
    isWord: false,
    lead: [],
    mayBeNobody: false,
    mayBeSchedule: false,
    among: [],
    schema,
  };
}

function line(max: number) {
  return z
    .string()
    .transform((it) => cleanLine(it, Infinity))
    .pipe(z.string().min(1, 'say something here').max(max, `at most ${max} characters`));
}

function lines(max: number) {
  return z
    .string()
    .transform((it) => clean(it).trim())
    .pipe(z.string().min(1, 'say something here').max(max, `at most ${max} characters`));
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
