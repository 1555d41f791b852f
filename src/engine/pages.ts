import { listContacts, personalRulesOf, type OwnRules } from '#src/db/contacts.ts';
import { addNotifications, addPage, MANAGERS, recentTo, type NewNotification } from '#src/db/pages.ts';
import { findPerson } from '#src/db/people.ts';
import type { Reader, Tx } from '#src/db/schema.ts';
import { setTimers } from '#src/db/timers.ts';
import type { TimerChange } from '#src/incident/decision.ts';
import type { Incident, IncidentNumber, Severity } from '#src/incident/incident.ts';
import type { Actor, PersonId } from '#src/incident/person.ts';
import { SYSTEM } from '#src/incident/person.ts';
import { UNKNOWN } from '#src/incident/recipient.ts';
import { planNotifications, type NotificationPlan, type PlannedStep } from '#src/paging/plan.ts';
import { keyOf, type Recipient } from '#src/paging/reach.ts';
import { CONTACT_KINDS, DEFAULT_RULES, type ContactMethod } from '#src/paging/rules.ts';
import type { Page, PageKind, Urgency } from '#src/paging/run.ts';

import type { Context, EngineSettings } from './context.ts';

interface Place {
  readonly ctx: Pick<Context, 'newId' | 'now' | 'settings'>;
  readonly tx: Tx;
}

/** Who was paged, as it stands in the timeline. */
export interface Paged {
  readonly page: string;
  readonly to: Recipient;
  /** Why it can reach nobody, as a sentence; null: it is on its way. */
  readonly unreachable: string | null;
}

interface About {
  /** Null: about no incident. */
  readonly number: IncidentNumber | null;
  readonly severity: Severity;
}

/** The chat as a way to be told: every platform that is connected. It needs no set-up. */
export const CHAT = 'chat';
/** The address that a person has anyway. */
const OWN_MAIL = 'email';

/** Longer ago than any throttle or bundle looks back. */
const RECENT_MS = 86_400_000;

/**
 * Writes down a page of an escalation, with everything that is to be sent for it and when.
 * Null where it is there already: once for each level of each round.
 */
export async function pageFor(place: Place, about: Incident, page: Page): Promise<Paged | null> {
  const { to, level, cycle, reason, urgency } = page;
  const which = page.isForManagers ? `${MANAGERS}.${level}` : level;
  const key = `${about.number}.${cycle}.${which}.${keyOf(to)}`;
  return await write(place, about, { key, to, level, cycle, reason, urgency, by: SYSTEM });
}

/** A page that somebody asked for: at once, whatever an escalation does. `key` is that request's own. */
export async function pageByHand(
  place: Place,
  about: Incident,
  asked: {
    readonly key: string;
    readonly to: PersonId;
    readonly reason: string;
    readonly urgency: Urgency;
    readonly by: Actor;
  },
): Promise<Paged | null> {
  const to = { kind: 'person', id: asked.to } as const;
  return await write(place, about, { ...asked, to, level: 0, cycle: 0 });
}

/**
 * A page about no incident: a test, a hand-off. Goes the ways that its urgency goes by the person's own rules.
 * `key` is that page's own: the same key is the same page. Null where it is there already.
 */
export async function pageApart(
  place: Place,
  asked: {
    readonly key: string;
    readonly kind: Exclude<PageKind, 'page'>;
    readonly to: PersonId;
    /** What it is about, in one line. */
    readonly title: string;
    readonly reason: string;
    readonly urgency: Urgency;
    readonly by: Actor;
  },
): Promise<Paged | null> {
  const to = { kind: 'person', id: asked.to } as const;
  const severity = asked.urgency === 'high' ? 'P1' : 'P3';
  return await write(place, { number: null, severity }, { ...asked, to, level: 0, cycle: 0 });
}

interface Wanted {
  readonly key: string;
  readonly kind?: PageKind;
  readonly title?: string;
  readonly to: Recipient;
  readonly level: number;
  readonly cycle: number;
  readonly reason: string;
  readonly urgency: Urgency;
  readonly by: Actor;
}

async function write(place: Place, { number, severity }: About, wanted: Wanted): Promise<Paged | null> {
  const { ctx, tx } = place;
  const { key, kind = 'page', title = null, to, level, cycle, reason, urgency, by } = wanted;
  const at = ctx.now();
  const id = ctx.newId();
  const isNew = await addPage(tx, {
    id,
    incident: number,
    key,
    kind,
    title,
    recipientKind: to.kind,
    recipient: to.id,
    level,
    cycle,
    urgency,
    severity,
    reason,
    requestedBy: by,
    requestedAt: at,
  });
  if (!isNew) return null;
  const { steps, unreachable } =
    to.kind === 'person'
      ? await stepsFor(place, to.id, { urgency, severity, at })
      : straight(to, at, ctx.settings);
  const rows = steps.map((it, step): NewNotification => ({ ...it, id: ctx.newId(), page: id, step }));
  await addNotifications(tx, rows);
  await setTimers(
    tx,
    rows.flatMap(({ id: subject, channel, state, dueAt }) =>
      state === 'waiting' ? [timerOf({ kind: `notify@${channel}`, subject, at: dueAt }, number)] : [],
    ),
  );
  return { page: id, to, unreachable };
}

/** The timer of something to be sent. */
export function timerOf(
  timer: { readonly kind: `notify@${string}`; readonly subject: string; readonly at: Date | null },
  incident: IncidentNumber | null,
): TimerChange {
  return incident === null ? { ...timer, incident: null } : { ...timer, incident };
}

type Step = Pick<NewNotification, 'channel' | 'contact' | 'address' | 'why' | 'dueAt' | 'state'>;

interface Plan {
  readonly steps: readonly Step[];
  readonly unreachable: string | null;
}

/** Rooms, webhooks and other systems are told at once, as they are: `room:slack/C024`, `external:pagerduty/<key>`. */
function straight(
  { kind, id }: Exclude<Recipient, { kind: 'person' }>,
  at: Date,
  { platforms }: Pick<EngineSettings, 'platforms'>,
): Plan {
  const [first = '', ...rest] = id.split('/');
  const isKnown = platforms.includes(first) || CONTACT_KINDS.some((it) => it === first);
  const far = isKnown ? { channel: first, address: rest.join('/') } : { channel: UNKNOWN, address: id };
  const { channel, address } = kind === 'webhook' ? { channel: 'webhook', address: id } : far;
  const why = `The level names this ${kind}.`;
  return {
    steps: [{ channel, contact: null, address, why, dueAt: at, state: 'waiting' }],
    unreachable: null,
  };
}

type ToTell = { readonly urgency: Urgency; readonly severity: Severity; readonly at: Date };

/** How a person would be told of a page, by their rules; those who set up nothing by the default ones. */
export async function planOf(
  r: Reader,
  person: PersonId,
  page: ToTell,
  channels: readonly string[],
): Promise<{ readonly plan: NotificationPlan; readonly contacts: readonly ContactMethod[] }> {
  const contacts = await waysTo(r, person, channels);
  const { rules, quiet } = (await personalRulesOf(r, person)) ?? OWN_NOTHING;
  const ids = contacts.map(({ id }) => id);
  const recent = await recentTo(r, ids, new Date(page.at.getTime() - RECENT_MS));
  const asked = { person, ...page, contacts, rules, quiet, recent };
  const plan = planNotifications(asked);
  if (plan.unreachable === null) return { plan, contacts };
  const name = (await findPerson(r, person))?.name ?? person;
  return { plan: planNotifications({ ...asked, name }), contacts };
}

/** What somebody has who set up nothing. */
export const OWN_NOTHING: OwnRules = { rules: DEFAULT_RULES, quiet: null };

async function stepsFor({ ctx, tx }: Place, person: PersonId, page: ToTell): Promise<Plan> {
  const { plan, contacts } = await planOf(tx, person, page, ctx.settings.channels);
  const byId = new Map(contacts.map((it) => [it.id, it]));
  return {
    steps: plan.steps.flatMap((step) => sent(step, byId.get(step.contact), ctx.settings.platforms, person)),
    unreachable: plan.unreachable,
  };
}

/** All ways to reach somebody: what they entered, the chat, and their own address. Those of channels that are not set up are off. */
export async function waysTo(
  r: Reader,
  person: PersonId,
  channels: readonly string[],
): Promise<readonly ContactMethod[]> {
  const entered = await listContacts(r, person);
  return waysOf(person, { entered, email: (await findPerson(r, person))?.email ?? null }, channels);
}

/** The same, of what is known of them already. */
export function waysOf(
  person: PersonId,
  known: { readonly entered: readonly ContactMethod[]; readonly email: string | null },
  channels: readonly string[],
): readonly ContactMethod[] {
  const { email } = known;
  const entered = known.entered.map((it) => ({ ...it, enabled: it.enabled && channels.includes(it.kind) }));
  const own = (id: string, kind: ContactMethod['kind'], address: string): ContactMethod => ({
    id: `${id}:${person}`,
    kind,
    address,
    verifiedAt: null,
    enabled: true,
  });
  const hasMail = email === null || !channels.includes('email') || entered.some((it) => it.kind === 'email');
  const mail = hasMail ? [] : [own(OWN_MAIL, 'email', email)];
  return [own(CHAT, 'chat', ''), ...entered, ...mail];
}

/** A step as what is sent; the chat is each platform that is connected. */
function sent(
  { contact, how, at, why }: PlannedStep,
  method: ContactMethod | undefined,
  platforms: readonly string[],
  person: PersonId,
): Step[] {
  const state = how === 'refuse' || at === null ? 'refused' : 'waiting';
  const common = { contact, why, dueAt: at, state } as const;
  if (method?.kind === 'chat') {
    return platforms.map((channel) => ({ ...common, channel, address: person }));
  }
  return [{ ...common, channel: method?.kind ?? UNKNOWN, address: method?.address ?? '' }];
}
