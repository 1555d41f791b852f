import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { policiesAt, scheduleNames } from '#src/chat/look-on-call.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, code, say, withTone, type Inline, type Message } from '#src/chat/message.ts';
import { count, list, nameIn, span, type Names } from '#src/chat/names.ts';
import { UserError } from '#src/errors.ts';
import { nearest } from '#src/incident/nearest.ts';
import { sayableId } from '#src/incident/recipient.ts';
import type { Conditions, EscalationPolicy, Level, Target } from '#src/paging/policy.ts';

/** The most policies in one message. */
const SHOWN = 30;

export const policy = defineCommand({
  name: 'policy',
  aliases: ['policies'],
  summary: 'See an escalation policy: who is paged when; or all policies',
  group: 'Be on call',
  examples: ['policy', 'policy payments'],
  allow: 'viewer',
  args: { policy: arg.optional(arg.text('Which one, by its name; all when left out', { max: 100 })) },

  async run(ctx, { policy: wanted }) {
    const { policies, defaultPolicy } = await policiesAt(ctx);
    if (policies.length === 0) {
      return tellYou(withTone(say('No escalation policy is set up, so nobody is paged by itself.'), 'warn'));
    }
    if (wanted !== undefined) {
      const names = new Map([...(await allNames(ctx)), ...asSchedules(await scheduleNames(ctx))]);
      return tellYou(shown(named(wanted, policies), policies, names));
    }
    const items = policies
      .slice(0, SHOWN)
      .map((it): Inline[] => [
        code(it.id),
        ' ',
        bold(it.name),
        `: ${forWhat(it.conditions)}, ${count(it.levels.length, 'level')}`,
        it.id === defaultPolicy ? ', and where no other is for it' : '',
        it.enabled ? '' : ' (switched off)',
      ]);
    const drawn = items.map((it) => it.filter((piece) => piece !== ''));
    return tellYou(say([bold('Escalation policies')], { type: 'list', items: drawn }));
  },
});

/** A schedule may have the id of a team. */
function asSchedules(schedules: ReadonlyMap<string, string>): [string, string][] {
  return [...schedules].map(([id, name]) => [`schedule ${id}`, name]);
}

function named(word: string, policies: readonly EscalationPolicy[]): EscalationPolicy {
  const wanted = word.toLowerCase();
  const found = policies.find(({ id, name }) => id.toLowerCase() === wanted || name.toLowerCase() === wanted);
  if (found) return found;
  const near = nearest(
    wanted,
    policies.map(({ id }) => id),
  );
  const guess = near.length > 0 ? `Did you mean \`${near[0]}\`?` : '`policy` lists them.';
  throw new UserError('not_found', `There is no escalation policy \`${word.slice(0, 40)}\`. ${guess}`);
}

function shown(it: EscalationPolicy, all: readonly EscalationPolicy[], names: Names): Message {
  const state = it.enabled ? '' : ' It is switched off.';
  const next = all.find(({ id }) => id === it.handTo);
  const after = [
    it.repeat.times > 0 ? `All of it comes ${count(it.repeat.times, 'more time')}.` : '',
    next ? `Then the policy ${next.name} goes on.` : '',
    it.stopOnAck ? 'It stops when somebody acknowledges.' : 'It goes on when somebody acknowledges.',
  ].filter((words) => words !== '');
  return say(
    [bold(it.name), `: ${forWhat(it.conditions)}.${state}`],
    { type: 'list', items: it.levels.map((level, index) => levelLine(level, index + 1, names)) },
    { type: 'text', text: after.join(' ') },
  );
}

function levelLine(
  { name, targets, ackWindowMs, strategy, acksNeeded, when }: Level,
  number: number,
  names: Names,
): Inline[] {
  const all = targets.map((it) => targetWords(it, names));
  const who = strategy === 'round-robin' ? `one of ${list(all)} in turn` : list(all);
  const more = acksNeeded > 1 ? `, until ${acksNeeded} people have it` : '';
  const only = when === null ? '' : ', at its times or severities only';
  return [bold(`${number}. ${name}`), `: ${who}; then ${span(ackWindowMs)} to answer${more}${only}`];
}

function targetWords({ kind, id, fallback }: Target, names: Names): string {
  const instead = fallback ? ` (or else ${targetWords(fallback, names)})` : '';
  if (kind === 'person') return `${nameIn(names, id)}${instead}`;
  if (kind === 'schedule') return `whoever is on call for ${names.get(`schedule ${id}`) ?? id}${instead}`;
  const name = kind === 'team' ? nameIn(names, id) : sayableId({ kind, id });
  return kind === 'webhook' ? `a webhook${instead}` : `the ${kind} ${name}${instead}`;
}

function forWhat({ tags = {}, ...lists }: Conditions): string {
  const words = [
    ...Object.entries(lists).flatMap(([field, all]) => (all.length > 0 ? [`${field} ${list(all)}`] : [])),
    ...Object.entries(tags).map(([tag, value]) => `tag ${tag}=${value}`),
  ];
  return words.length === 0 ? 'for every incident' : `for ${words.join(', ')}`;
}
