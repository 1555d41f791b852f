import { personalRulesOf, savePersonalRules, type OwnRules } from '#src/db/contacts.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';
import type { NotificationPlan, PlannedStep } from '#src/paging/plan.ts';
import {
  defaultSteps,
  validateRules,
  type ContactKind,
  type ContactMethod,
  type RuleStep,
} from '#src/paging/rules.ts';
import type { Urgency } from '#src/paging/run.ts';
import { lasting, listed } from '#src/paging/words.ts';

import type { Context } from './context.ts';
import { labelOf } from './own-contacts.ts';
import { OWN_NOTHING, planOf, waysTo } from './pages.ts';

type World = Pick<Context, 'db' | 'now' | 'settings'>;

/** How a page would reach somebody now. */
export interface Preview {
  /** `chat at once, text after 2 min, call after 5 min`; empty where nothing would. */
  readonly ways: string;
  /** What is held back or cannot be used, each as a sentence. */
  readonly notes: readonly string[];
  /** Why nothing would reach them, as a sentence; null: something does. */
  readonly unreachable: string | null;
}

/** Everything that decides how somebody is told. */
export interface Own extends OwnRules {
  readonly contacts: readonly ContactMethod[];
  /** What holds: their own steps, or the default ones. */
  readonly steps: Readonly<Record<Urgency, readonly RuleStep[]>>;
  readonly preview: Readonly<Record<Urgency, Preview>>;
}

/** What people call the ways. */
export const WAY_NAMES: Readonly<Record<ContactKind, string>> = {
  chat: 'chat',
  email: 'e-mail',
  sms: 'text',
  voice: 'call',
  push: 'browser',
  ntfy: 'ntfy',
  pagerduty: 'PagerDuty',
  opsgenie: 'Opsgenie',
  webhook: 'webhook',
};

/** How somebody is told, as it stands: steps that name what is not there any more are left out. */
export async function ownRules(world: World, person: PersonId): Promise<Own> {
  const { db, settings } = world;
  const contacts = await waysTo(db, person, settings.channels);
  const { rules, quiet } = (await personalRulesOf(db, person)) ?? OWN_NOTHING;
  const high = stillThere(rules.high, contacts);
  const low = stillThere(rules.low, contacts);
  return {
    contacts,
    rules: { ...rules, high, low },
    quiet,
    steps: { high: high ?? defaultSteps(contacts, 'high'), low: low ?? defaultSteps(contacts, 'low') },
    preview: { high: await preview(world, person, 'high'), low: await preview(world, person, 'low') },
  };
}

/** In place of what they had. Throws `bad_arguments`, with each wrong field in `fields`. */
export async function saveOwnRules(world: World, person: PersonId, own: OwnRules): Promise<void> {
  const contacts = await waysTo(world.db, person, world.settings.channels);
  const wrong = validateRules(person, contacts, own.rules, own.quiet);
  const [first] = wrong;
  if (first) {
    const fields = wrong.map(({ details }) => ({ field: details['field'], message: details['problem'] }));
    throw new UserError('bad_arguments', first.message, { fields });
  }
  await savePersonalRules(world.db, person, own);
}

/** Back to what holds for those who set up nothing. */
export async function resetOwnRules({ db }: Pick<World, 'db'>, person: PersonId): Promise<void> {
  await savePersonalRules(db, person, OWN_NOTHING);
}

function stillThere(
  steps: readonly RuleStep[] | null,
  contacts: readonly ContactMethod[],
): RuleStep[] | null {
  if (steps === null) return null;
  const kept = steps.filter((step) => contacts.some(({ id }) => id === step.contact));
  // Where nothing is left of it the default ones hold, as they do for a page.
  return kept.length === 0 ? null : kept;
}

async function preview({ db, now, settings }: World, person: PersonId, urgency: Urgency): Promise<Preview> {
  const at = now();
  const severity = urgency === 'high' ? 'P1' : 'P3';
  const { plan, contacts } = await planOf(db, person, { urgency, severity, at }, settings.channels);
  return previewOf(plan, contacts, at);
}

function previewOf(plan: NotificationPlan, contacts: readonly ContactMethod[], at: Date): Preview {
  const sent = plan.steps
    .flatMap((step) => (step.at ? [{ step, at: step.at }] : []))
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ step, at: when }) => {
      const ms = when.getTime() - at.getTime();
      return `${wayOf(step, contacts)} ${ms <= 0 ? 'at once' : `after ${lasting(ms)}`}`;
    });
  const notes = plan.steps.filter(({ how }) => how !== 'send').map(({ why }) => why);
  return { ways: listed(sent), notes, unreachable: plan.unreachable };
}

/** `text`, or `text to +4915112345678` where they have several. */
function wayOf({ contact, kind }: PlannedStep, contacts: readonly ContactMethod[]): string {
  if (kind === null) return contact;
  const others = contacts.filter((it) => it.kind === kind);
  const which = others.length > 1 ? others.find(({ id }) => id === contact) : undefined;
  return which ? `${WAY_NAMES[kind]} to ${labelOf(which)}` : WAY_NAMES[kind];
}
