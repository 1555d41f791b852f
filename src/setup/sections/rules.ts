import type { z } from 'zod';

import { SEVERITIES } from '#src/incident/incident.ts';
import {
  CONTACT_KINDS,
  DEFAULT_BREAK_THROUGH,
  type ContactMethod,
  type PersonalRules,
  type QuietHours,
  type RuleStep,
} from '#src/paging/rules.ts';

import { either, fields, length, list, quoted, text, whole, word, zone } from '../fields.ts';
import { isSame, type Fields, type OwnRules, type Pare, type PersonState, type Plain } from '../state.ts';
import { readLength, sayLength } from '../words.ts';
import { ContactText } from './people.ts';

interface StepEntry {
  /** A kind, where the person has one contact of it, or `kind:address`. */
  readonly contact: string;
  readonly after: number;
}

const StepText = text(2000).transform((it, ctx): StepEntry => {
  const [, contact = it, said] = /^(.+?)\s+after\s+(.+)$/.exec(it) ?? [];
  const after = said === undefined ? 0 : readLength(said);
  if (after === null) ctx.addIssue(`${quoted(it)} is no step; write it like push, or sms after 2m`);
  return { contact, after: after ?? 0 };
});

const Steps = list(either<StepEntry>(StepText, fields({ contact: text(2000), after: length().default(0) })));

const QuietEntry = fields({
  from: text(10),
  to: text(10),
  zone: zone().optional(),
  break_through: fields({
    severities: list(word(SEVERITIES)).default([]),
    urgencies: list(word(['high', 'low'])).default([]),
  }).optional(),
});

const DEFAULTS = { high: null, low: null, throttle: null, bundle: null, quiet: null };

export const RulesEntry = fields({
  high: Steps.nullable().default(null),
  low: Steps.nullable().default(null),
  throttle: fields({ max: whole(), per: length() }).nullable().default(null),
  bundle: length().nullable().default(null),
  quiet: QuietEntry.nullable().default(null),
});

/** A step whose contact is unknown keeps what was written as its contact; `say` is told why. */
export function readRules(
  entry: z.output<typeof RulesEntry>,
  person: Pick<PersonState, 'id' | 'timezone' | 'contacts'>,
  say: (step: readonly (string | number)[], why: string) => void,
): OwnRules {
  const steps = (name: 'high' | 'low') =>
    entry[name]?.map(({ contact, after }, index): RuleStep => {
      const found = contactNamed(contact, person.contacts);
      if (typeof found === 'string') say([name, index], `${person.id} ${found}`);
      return { delayMs: after, contact: typeof found === 'string' ? contact : found.id };
    }) ?? null;
  const { throttle, bundle, quiet } = entry;
  return {
    rules: {
      high: steps('high'),
      low: steps('low'),
      throttle: throttle && { max: throttle.max, windowMs: throttle.per },
      bundleMs: bundle,
    },
    quiet: quiet && {
      from: quiet.from,
      to: quiet.to,
      zone: quiet.zone ?? person.timezone,
      breakThrough: quiet.break_through ?? DEFAULT_BREAK_THROUGH,
    },
  };
}

/** Without the steps whose contact is gone; a list for high urgency of which nothing is left is the default one. */
export function tidyRules({ rules, quiet }: OwnRules, contacts: readonly ContactMethod[]): OwnRules {
  const kept = (steps: readonly RuleStep[] | null) =>
    steps?.filter((step) => contacts.some((it) => it.id === step.contact)) ?? null;
  const high = kept(rules.high);
  return { rules: { ...rules, high: high?.length === 0 ? null : high, low: kept(rules.low) }, quiet };
}

/** With the address only where there are several of a kind; null where that address is not for the file. */
export function writeRules({ rules, quiet }: OwnRules, person: PersonState, pare: Pare): Fields | null {
  const high = writeSteps(rules.high, person);
  const low = writeSteps(rules.low, person);
  if (high === undefined || low === undefined) return null;
  const { throttle, bundleMs } = rules;
  const full = {
    high,
    low,
    throttle: throttle && { max: throttle.max, per: sayLength(throttle.windowMs) },
    bundle: bundleMs === null ? null : sayLength(bundleMs),
    quiet: quiet && writeQuiet(quiet, pare),
  };
  return pare(full, DEFAULTS);
}

function writeQuiet(
  { from, to, zone: name, breakThrough: { severities, urgencies } }: QuietHours,
  pare: Pare,
): Fields {
  const through = pare({ severities, urgencies }, { severities: [], urgencies: [] });
  const full = { from, to, zone: name, break_through: through };
  const isDefault = isSame({ severities, urgencies }, DEFAULT_BREAK_THROUGH);
  return pare(full, isDefault ? { break_through: through } : {});
}

/** Undefined: one of them has an address that is not for the file. */
function writeSteps(steps: PersonalRules['high'], person: PersonState): Plain | undefined {
  if (steps === null) return null;
  const written: Plain[] = [];
  for (const { contact, delayMs } of steps) {
    const name = nameOfContact(contact, person);
    if (name === null) return undefined;
    const short = delayMs === 0 ? name : `${name} after ${sayLength(delayMs)}`;
    const read = StepText.safeParse(short);
    const isShort = read.success && isSame(read.data, { contact: name, after: delayMs });
    written.push(isShort ? short : { contact: name, after: sayLength(delayMs) });
  }
  return written;
}

function nameOfContact(id: string, { contacts, isShared }: PersonState): string | null {
  const contact = contacts.find((it) => it.id === id);
  if (!contact) return null;
  const isOnly = contacts.filter((it) => it.kind === contact.kind).length === 1;
  if (isOnly) return contact.kind;
  return isShared ? `${contact.kind}:${contact.address}` : null;
}

/** Why there is none, as the end of a sentence, where there is none. */
function contactNamed(name: string, contacts: readonly ContactMethod[]): ContactMethod | string {
  const { data } = ContactText.safeParse(name);
  const exact = contacts.find((it) => it.kind === data?.kind && it.address === data.address);
  if (exact) return exact;
  const kind = CONTACT_KINDS.find((it) => it === name);
  const ofKind = contacts.filter((it) => it.kind === kind);
  const [only] = ofKind;
  if (only && ofKind.length === 1) return only;
  if (only) {
    return `has ${ofKind.length} contacts of the kind ${name}; write which one, like ${name}:<address>`;
  }
  const has = contacts.map((it) => it.kind).join(', ') || 'none at all';
  return `has no contact ${quoted(name)} (there is ${has}); add it to their contacts or take the step away`;
}
