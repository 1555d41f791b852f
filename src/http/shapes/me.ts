import { z } from 'zod';

import { labelOf, endpointOf } from '#src/engine/own-contacts.ts';
import { WAY_NAMES, type Own, type Preview } from '#src/engine/own-rules.ts';
import { SEVERITIES } from '#src/incident/incident.ts';
import {
  CONTACT_KINDS,
  NEEDS_PROOF,
  whyUnusable,
  type ContactMethod,
  type QuietHours,
  type RuleStep,
} from '#src/paging/rules.ts';

import { iso, line, time } from './common.ts';
import { ReceiptShape } from './receipt.ts';

/** How somebody is told, as they see it and change it themselves. */

export const UrgencyWord = z.enum(['high', 'low']);
const DAY_MS = 86_400_000;
const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

const Length = z.int('write a number').min(0, 'not less than nothing').max(DAY_MS, 'at most a day');

const StepShape = z.object({
  contact: z.string().max(200).meta({ description: 'The id of one of your contacts.' }),
  delay_ms: Length.meta({ description: 'Milliseconds after the page.' }),
});

const QuietShape = z.object({
  from: z.string().regex(TIME_OF_DAY, 'write a time of day like 22:00'),
  to: z.string().regex(TIME_OF_DAY, 'write a time of day like 07:00'),
  zone: line(60),
  break_through: z.object({ severities: z.array(z.enum(SEVERITIES)), urgencies: z.array(UrgencyWord) }),
});

const Steps = z.array(StepShape).max(30).nullable();

const rules = {
  high: Steps.meta({ description: 'Null: the default steps.' }),
  low: Steps.meta({ description: 'Null: the default steps.' }),
  throttle: z
    .object({
      max: z.int('write a number').min(1, 'at least one').max(1000, 'at most 1,000'),
      window_ms: Length,
    })
    .nullable()
    .meta({
      description: 'At most so many messages to one contact in so long, but for what breaks through.',
    }),
  bundle_ms: Length.nullable().meta({
    description: 'Low-urgency pages within so many milliseconds become one message.',
  }),
  quiet: QuietShape.nullable(),
};

export const RulesInput = z.strictObject(rules);

const PreviewShape = z.object({
  ways: z.string().meta({ examples: ['chat at once, text after 2 min and call after 5 min'] }),
  notes: z.array(z.string()),
  unreachable: z.string().nullable(),
});

const ContactShape = z
  .object({
    id: z.string(),
    kind: z.enum(CONTACT_KINDS),
    name: z.string().meta({ description: 'What people call such a way.' }),
    label: z.string().meta({ description: 'The number, the address, the name of the browser.' }),
    endpoint: z.string().nullable().meta({ description: 'By which a browser knows itself.' }),
    /** The chat and the address in the directory are there anyway. */
    entered: z.boolean(),
    enabled: z.boolean(),
    verified_at: time.nullable(),
    waits_for_code: z.boolean(),
    problem: z.string().nullable().meta({ description: 'Why it is not used, as a clause.' }),
  })
  .meta({ id: 'MyContact' });

export const OwnShape = z
  .object({
    contacts: z.array(ContactShape),
    kinds: z.array(z.enum(CONTACT_KINDS)).meta({ description: 'What can be added here.' }),
    push_key: z.string().nullable().meta({ description: 'With which a browser subscribes.' }),
    timezone: z.string(),
    ...rules,
    steps: z
      .object({ high: z.array(StepShape), low: z.array(StepShape) })
      .meta({ description: 'What holds: your own steps, or the default ones.' }),
    preview: z.object({ high: PreviewShape, low: PreviewShape }),
  })
  .meta({ id: 'MyRules' });

export const MyPageShape = ReceiptShape.extend({
  incident: z.object({ number: z.int(), title: z.string() }).nullable(),
}).meta({ id: 'MyPage' });

/** What an admin may know of others: whether they can be told, and nothing that leads to them. */
export const ReachShape = z
  .object({
    person: z.string(),
    contacts: z.array(z.object({ kind: z.string(), problem: z.string().nullable() })),
    preview: z.object({ high: PreviewShape, low: PreviewShape }),
  })
  .meta({ id: 'Reachability' });

export interface Around {
  /** As they were entered: whoever switched one off did it themselves. */
  readonly entered: readonly ContactMethod[];
  /** The channels that are set up. */
  readonly channels: readonly string[];
  readonly pushKey: string | null;
  readonly timezone: string;
}

export function showOwn(own: Own, around: Around): z.input<typeof OwnShape> {
  const { rules: held, quiet, steps, preview, contacts } = own;
  const { channels, pushKey, timezone } = around;
  return {
    contacts: contacts.map((it) => showContact(it, around)),
    kinds: CONTACT_KINDS.filter((it) => it !== 'push' && channels.includes(it)),
    push_key: pushKey,
    timezone,
    high: held.high && held.high.map(showStep),
    low: held.low && held.low.map(showStep),
    throttle: held.throttle && { max: held.throttle.max, window_ms: held.throttle.windowMs },
    bundle_ms: held.bundleMs,
    quiet: quiet && showQuiet(quiet),
    steps: { high: steps.high.map(showStep), low: steps.low.map(showStep) },
    preview: { high: showPreview(preview.high), low: showPreview(preview.low) },
  };
}

export function showReach(
  person: string,
  { contacts, preview }: Own,
  around: Around,
): z.input<typeof ReachShape> {
  const show = (it: Preview) => ({ ...showPreview(it), ways: withoutAddresses(it.ways, contacts) });
  return {
    person,
    contacts: contacts.map((it) => {
      const { kind, problem } = showContact(it, around);
      return { kind, problem };
    }),
    preview: { high: show(preview.high), low: show(preview.low) },
  };
}

/** To its owner each of several of a kind is named; to others that would be what leads to them. */
function withoutAddresses(ways: string, contacts: readonly ContactMethod[]): string {
  const labels = contacts.map(labelOf).filter((it) => it !== '');
  // One may be the beginning of another.
  return labels
    .toSorted((a, b) => b.length - a.length)
    .reduce((text, label) => text.replaceAll(` to ${label}`, ''), ways);
}

/** As it is asked for, in the words of the engine. */
export function readRules({ quiet, throttle, bundle_ms: bundleMs, ...said }: z.output<typeof RulesInput>) {
  const steps = (list: z.output<typeof Steps>) =>
    list && list.map(({ contact, delay_ms: delayMs }) => ({ contact, delayMs }));
  return {
    rules: {
      high: steps(said.high),
      low: steps(said.low),
      throttle: throttle && { max: throttle.max, windowMs: throttle.window_ms },
      bundleMs,
    },
    quiet: quiet && {
      from: quiet.from,
      to: quiet.to,
      zone: quiet.zone,
      breakThrough: {
        severities: [...new Set(quiet.break_through.severities)],
        urgencies: [...new Set(quiet.break_through.urgencies)],
      },
    },
  };
}

function showContact(
  { id, kind, ...it }: ContactMethod,
  { entered, channels }: Around,
): z.input<typeof ContactShape> {
  const own = entered.find((other) => other.id === id);
  const contact = own ?? { id, kind, ...it };
  const isThere = kind === 'chat' || channels.includes(kind);
  return {
    id,
    kind,
    name: WAY_NAMES[kind],
    label: labelOf(contact),
    endpoint: kind === 'push' ? endpointOf(contact.address) : null,
    entered: own !== undefined,
    enabled: contact.enabled,
    verified_at: iso(contact.verifiedAt),
    waits_for_code: contact.verifiedAt === null && NEEDS_PROOF.has(kind),
    problem: isThere ? whyUnusable(contact) : 'an admin has to set it up first',
  };
}

function showStep({ contact, delayMs }: RuleStep): z.input<typeof StepShape> {
  return { contact, delay_ms: delayMs };
}

function showQuiet({ from, to, zone, breakThrough }: QuietHours): z.input<typeof QuietShape> {
  const { severities, urgencies } = breakThrough;
  return { from, to, zone, break_through: { severities: [...severities], urgencies: [...urgencies] } };
}

function showPreview({ ways, notes, unreachable }: Preview): z.input<typeof PreviewShape> {
  return { ways, notes: [...notes], unreachable };
}
