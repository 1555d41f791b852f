import { UserError } from '#src/errors.ts';
import type { Severity } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

import type { Urgency } from './run.ts';
import { faultOf, type Hours } from './windows.ts';
import { lasting } from './words.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

export const CONTACT_KINDS = [
  'chat',
  'email',
  'sms',
  'voice',
  'push',
  'ntfy',
  'pagerduty',
  'opsgenie',
  'webhook',
] as const;
export type ContactKind = (typeof CONTACT_KINDS)[number];

export interface ContactMethod {
  readonly id: string;
  readonly kind: ContactKind;
  readonly address: string;
  /** When its owner proved that it is theirs. A phone that is not verified is never used: it may be a stranger's. */
  readonly verifiedAt: Date | null;
  readonly enabled: boolean;
}

export interface RuleStep {
  /** Milliseconds after the page. */
  readonly delayMs: number;
  /** The id of a contact method. */
  readonly contact: string;
}

/** How a person wants to be told. A list that is null is the default one. */
export interface PersonalRules {
  readonly high: readonly RuleStep[] | null;
  readonly low: readonly RuleStep[] | null;
  /** At most so many messages in a window to one contact; null: no limit. */
  readonly throttle: { readonly max: number; readonly windowMs: number } | null;
  /** Low-urgency pages to one contact within so many milliseconds become one message; null: each is its own. */
  readonly bundleMs: number | null;
}

/** Local times in a zone between which nobody is disturbed; they may wrap midnight. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  /** What is sent all the same, and at once: neither throttled nor bundled. */
  readonly breakThrough: {
    readonly severities: readonly Severity[];
    readonly urgencies: readonly Urgency[];
  };
}

/** What a person has who set up nothing. */
export const DEFAULT_RULES: PersonalRules = { high: null, low: null, throttle: null, bundleMs: null };

/** High urgency is never held back unless its owner says so. */
export const DEFAULT_BREAK_THROUGH: QuietHours['breakThrough'] = { severities: [], urgencies: ['high'] };

/** Kinds that reach a phone number, which anybody may have typed. */
export const NEEDS_PROOF: ReadonlySet<ContactKind> = new Set(['sms', 'voice']);

/** When each kind is used for high urgency without any set-up, in milliseconds after the page. */
const HIGH: Readonly<Record<ContactKind, number>> = {
  chat: 0,
  push: 0,
  ntfy: 0,
  pagerduty: 0,
  opsgenie: 0,
  webhook: 0,
  email: MINUTE,
  sms: 2 * MINUTE,
  voice: 5 * MINUTE,
};

/** For low urgency, what waits to be read; where there is none of it, the first that there is. */
const LOW: Readonly<Partial<Record<ContactKind, number>>> = { chat: 0, email: MINUTE };

/** The steps of a person who wrote none, from the contacts that can be used. */
export function defaultSteps(contacts: readonly ContactMethod[], urgency: Urgency): RuleStep[] {
  const usable = contacts.filter((it) => whyUnusable(it) === null);
  const byDelay = (delays: Readonly<Partial<Record<ContactKind, number>>>) =>
    usable
      .flatMap(({ id, kind }) => {
        const delayMs = delays[kind];
        return delayMs === undefined ? [] : [{ delayMs, contact: id }];
      })
      .toSorted((a, b) => a.delayMs - b.delayMs);
  if (urgency === 'high') return byDelay(HIGH);
  const quiet = byDelay(LOW);
  return quiet.length > 0
    ? quiet
    : byDelay(HIGH)
        .slice(0, 1)
        .map((it) => ({ ...it, delayMs: 0 }));
}

/** Why nothing can be sent by it, as a clause; null: it can. */
export function whyUnusable({ kind, enabled, verifiedAt }: ContactMethod): string | null {
  if (!enabled) return 'it is switched off';
  const isProven = verifiedAt !== null || !NEEDS_PROOF.has(kind);
  return isProven ? null : 'it is not verified: send yourself a code and type it in';
}

/** The hours in which they hold, for `windows.ts`. */
export function quietWindow({ from, to, zone }: QuietHours): Hours {
  return { zone, windows: [{ days: [], from, to }] };
}

/**
 * Everything that is wrong with a person's rules, each as a sentence that says what to change.
 * Its details have the field, as in `high.0.contact`, and the problem alone.
 */
export function validateRules(
  person: PersonId,
  contacts: readonly ContactMethod[],
  rules: PersonalRules,
  quiet: QuietHours | null,
): UserError[] {
  const { throttle, bundleMs } = rules;
  const wrong = [
    ...URGENCIES.flatMap((it) => wrongSteps(it, rules[it] ?? [], contacts)),
    ...(rules.high?.length === 0
      ? [['high', 'a list for high urgency without steps reaches nobody; add a step.']]
      : []),
    ...(throttle && !(Number.isInteger(throttle.max) && throttle.max >= 1)
      ? [['throttle.max', `at least one message must be let through in a window, not ${throttle.max}.`]]
      : []),
    ...wrongWindow('throttle.window_ms', throttle?.windowMs ?? null),
    ...wrongWindow('bundle_ms', bundleMs),
    ...wrongHours(quiet),
  ];
  return wrong.map(
    ([field, problem]) =>
      new UserError('bad_arguments', `Rules of ${person}: ${problem}`, { person, field, problem }),
  );
}

const URGENCIES = ['high', 'low'] as const satisfies readonly Urgency[];

function wrongSteps(
  urgency: Urgency,
  steps: readonly RuleStep[],
  contacts: readonly ContactMethod[],
): string[][] {
  return steps.flatMap(({ contact, delayMs }, index) => {
    const isThere = contacts.some((it) => it.id === contact);
    const isLength = delayMs >= 0 && delayMs <= DAY;
    const unknown = `contact ${JSON.stringify(contact)} does not exist; add it or take the step away.`;
    return [
      ...(isThere ? [] : [[`${urgency}.${index}.contact`, unknown]]),
      ...(isLength
        ? []
        : [[`${urgency}.${index}.delay_ms`, `a step waits 0 s to ${lasting(DAY)}, not ${delayMs} ms.`]]),
    ];
  });
}

function wrongWindow(field: string, ms: number | null): string[][] {
  if (ms === null || (ms >= MINUTE && ms <= DAY)) return [];
  return [[field, `a window to throttle or bundle lasts ${lasting(MINUTE)} to ${lasting(DAY)}.`]];
}

function wrongHours(quiet: QuietHours | null): string[][] {
  if (!quiet) return [];
  const fault = faultOf(quietWindow(quiet));
  const never = 'quiet hours must end at another time than they begin.';
  return [
    ...(fault ? [[fault.includes('time zone') ? 'quiet.zone' : 'quiet.from', `quiet hours: ${fault}`]] : []),
    ...(quiet.from === quiet.to ? [['quiet.to', never]] : []),
  ];
}
