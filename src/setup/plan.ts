import { differences, saidValue, type Difference } from './diff.ts';
import { digestOf, openly, sectionsOf } from './export.ts';
import { writeContact } from './sections/people.ts';
import { writeSyntheticPage } from './sections/synthetic-page.ts';
import { isSame, own, whole, type Fields, type PersonState, type Plain, type SetupState } from './state.ts';
import { warningsOf } from './warnings.ts';

export interface SetupChange {
  readonly kind: 'added' | 'changed' | 'removed';
  readonly section: Section;
  readonly id: string;
  /** A sentence. It has no secret in it. */
  readonly text: string;
}

export interface SetupPlan {
  readonly changes: readonly SetupChange[];
  /** Sentences about what the changes lead to and nobody may want: gaps, shifts, people who cannot be reached. */
  readonly warnings: readonly string[];
  /** Of the setup that it was made for; see `applySetup`. */
  readonly digest: string;
}

/** Those in which things are listed by their ids and said field by field. */
const LISTED = ['people', 'teams', 'schedules', 'policies', 'routes', 'heartbeats', 'services'] as const;

const SECTIONS = {
  people: 'Person',
  teams: 'Team',
  schedules: 'Schedule',
  policies: 'Policy',
  routes: 'Route',
  rules: 'Rules of',
  default_policy: 'Default policy',
  heartbeats: 'Heartbeat',
  services: 'Service',
  synthetic_page: 'Weekly test page',
} as const;
type Section = keyof typeof SECTIONS;

/** What it takes to come from one setup to the other, and what that leads to in the time after `now`. */
export function planOf(current: SetupState, wanted: SetupState, now: Date): SetupPlan {
  const [before, after] = [sectionsOf(openly(current), whole), sectionsOf(openly(wanted), whole)];
  const changes = LISTED.flatMap((section) =>
    changesIn(section, before[section] ?? {}, after[section] ?? {}),
  );
  const isLast = (it: SetupChange) => it.section === 'heartbeats' || it.section === 'services';
  const all = [
    ...changes.filter((it) => it.section === 'people'),
    ...contactChanges(current.people, wanted.people),
    ...changes.filter((it) => it.section !== 'people' && !isLast(it)),
    ...defaultPolicyChange(current.defaultPolicy, wanted.defaultPolicy),
    ...ruleChanges(before['rules'] ?? {}, after['rules'] ?? {}),
    ...changes.filter(isLast),
    ...testPageChange(current.syntheticPage, wanted.syntheticPage),
  ];
  const warnings = all.length === 0 ? [] : warningsOf(current, wanted, now);
  return { changes: all, warnings, digest: digestOf(current) };
}

/** A plan as people read it in a terminal. `isMerge`: what the file does not name stays. */
export function sayPlan(
  { changes, warnings }: Pick<SetupPlan, 'changes' | 'warnings'>,
  isMerge = false,
): string {
  const rest = isMerge ? ' What the file does not name stays as it is.' : '';
  if (changes.length === 0) return `Nothing changes: all is as the file says.${rest}`;
  const signs = { added: '+', changed: '~', removed: '-' } as const;
  const count = (many: number, what: string) => `${many} ${what}${many === 1 ? '' : 's'}`;
  return [
    ...changes.map(({ kind, text }) => `${signs[kind]} ${text}`),
    ...warnings.map((it) => `! ${it}`),
    `${count(changes.length, 'change')}, ${count(warnings.length, 'warning')}.${rest}`,
  ].join('\n');
}

function changesIn(section: Section, before: Fields, after: Fields): SetupChange[] {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return ids.flatMap((id): SetupChange[] => {
    const [was, is] = [own(before, id) as Fields | undefined, own(after, id) as Fields | undefined];
    const what = `${SECTIONS[section]} ${id}`;
    if (!was) return [{ kind: 'added', section, id, text: `${what} is added.` }];
    if (!is) return [{ kind: 'removed', section, id, text: `${what} is removed${LEAVES[section] ?? ''}.` }];
    // Contacts have sentences of their own.
    const [{ contacts: _, ...one }, { contacts: __, ...other }] = [was, is];
    return differences(one, other).map((it) => ({
      kind: 'changed',
      section,
      id,
      text: `${what}${sentence(it)}`,
    }));
  });
}

const LEAVES: Partial<Record<Section, string>> = {
  schedules: ', with its overrides',
};

function sentence({ at, before, after }: Difference): string {
  const where = at.join(', ');
  if (isThing(at) && before === null) return `: ${where} is added.`;
  if (isThing(at) && after === null) return `: ${where} is removed.`;
  const [was, is] = [saidValue(before), saidValue(after)];
  return was === is ? `, ${where}: is another one.` : `, ${where}: ${was} → ${is}.`;
}

/** `layer Primary`, and not one of its fields. */
function isThing(at: readonly string[]): boolean {
  return /^(?:layer|level|temporary schedule) /.test(at.at(-1) ?? '');
}

/** Whoever set up nothing has the defaults. */
function ruleChanges(before: Fields, after: Fields): SetupChange[] {
  const ids = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  const told = (rules: Plain | undefined): Fields => {
    const { high, low, throttle, bundle, quiet } = (rules ?? {}) as Fields;
    return {
      high: high ?? 'the default',
      low: low ?? 'the default',
      throttle: throttle ?? null,
      bundle: bundle ?? null,
      quiet: quiet ?? null,
    };
  };
  return ids.flatMap((id) =>
    differences(told(own(before, id)), told(own(after, id))).map((it) => ({
      kind: 'changed' as const,
      section: 'rules' as const,
      id,
      text: `${SECTIONS.rules} ${id}${sentence(it)}`,
    })),
  );
}

function defaultPolicyChange(before: string | null, after: string | null): SetupChange[] {
  if (before === after) return [];
  const text = `Default policy: ${saidValue(before)} → ${saidValue(after)}.`;
  return [{ kind: 'changed', section: 'default_policy', id: 'default_policy', text }];
}

function testPageChange(
  before: SetupState['syntheticPage'],
  after: SetupState['syntheticPage'],
): SetupChange[] {
  const said = (it: SetupState['syntheticPage']): Fields | null => it && writeSyntheticPage(it, whole);
  const [was, is] = [said(before), said(after)];
  const [section, id, what] = ['synthetic_page', 'synthetic_page', SECTIONS.synthetic_page] as const;
  if (was && is) {
    return differences(was, is).map((it) => ({
      kind: 'changed',
      section,
      id,
      text: `${what}${sentence(it)}`,
    }));
  }
  if (is) return [{ kind: 'added', section, id, text: `${what} is sent to ${list(is)}.` }];
  return was ? [{ kind: 'removed', section, id, text: `${what} is sent no more.` }] : [];
}

/** `schedule:payments, wed 10:00, Europe/Berlin` */
function list(all: Fields): string {
  return Object.values(all).map(saidValue).join(', ');
}

/** Compared with what is stored, whether that was in a file before or not. */
function contactChanges(before: readonly PersonState[], after: readonly PersonState[]): SetupChange[] {
  return after.flatMap((person): SetupChange[] => {
    const { id, isShared, contacts } = person;
    const known = before.find((it) => it.id === id);
    const was = (known?.contacts ?? []).map((it) => writeContact(it));
    const is = contacts.map((it) => writeContact(it));
    const about = (text: string): SetupChange => ({
      kind: 'changed',
      section: 'people',
      id,
      text: `Person ${id}${text}`,
    });
    const news = isSame(was, is) ? [] : [about(`, contacts: ${saidValue(was)} → ${saidValue(is)}.`)];
    if (!known) return contacts.length === 0 ? [] : news;
    if (isShared === known.isShared) return news;
    const sharing = isShared
      ? ': their contacts are kept in the file from now on.'
      : ': their contacts stay, and are not in the exported file any more.';
    return [...news, about(sharing)];
  });
}
