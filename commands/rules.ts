import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou, type CommandContext, type Reply } from '#src/chat/command.ts';
import { bold, code, say, withTone, type Message, type Text } from '#src/chat/message.ts';
import { durationOf, severityCode } from '#src/chat/words.ts';
import { labelOf } from '#src/engine/own-contacts.ts';
import { ownRules, resetOwnRules, saveOwnRules, WAY_NAMES, type Own } from '#src/engine/own-rules.ts';
import { UserError } from '#src/errors.ts';
import type { Person } from '#src/incident/person.ts';
import {
  CONTACT_KINDS,
  DEFAULT_BREAK_THROUGH,
  type ContactKind,
  type ContactMethod,
  type QuietHours,
  type RuleStep,
} from '#src/paging/rules.ts';
import type { Urgency } from '#src/paging/run.ts';
import { lasting } from '#src/paging/words.ts';

/** What people say for the kinds beside their names. */
const OTHER_WORDS: ReadonlyMap<string, ContactKind> = new Map([
  ['text', 'sms'],
  ['call', 'voice'],
  ['phone', 'voice'],
  ['mail', 'email'],
  ['e-mail', 'email'],
  ['browser', 'push'],
]);
const WORDS = ['high', 'low', 'quiet', 'throttle', 'bundle', 'reset'] as const;

export const rules = defineCommand({
  name: 'rules',
  aliases: ['notify-me'],
  summary: 'Say how and when you are told when you are paged, and see what holds',
  group: 'Be on call',
  examples: [
    'rules',
    'rules high chat now, sms 2m, voice 5m',
    'rules low chat now',
    'rules quiet 22:00-07:00',
    'rules quiet 22:00-07:00 Europe/Berlin except P0',
    'rules throttle 5 in 10m',
    'rules bundle 10m',
    'rules reset',
  ],
  allow: 'viewer',
  args: {
    what: arg.optional(
      arg.text('What to change: high chat now, sms 2m; low ...; quiet 22:00-07:00; or reset', { max: 500 }),
    ),
  },

  async run(ctx, { what = '' }) {
    const { person } = ctx;
    if (!person) throw new UserError('not_allowed', 'A key is nobody; rules are people’s.');
    const [first = '', ...more] = what.trim().split(/\s+/);
    if (first === '') return tellYou(shown(await ownRules(ctx, person.id)));
    const word = WORDS.find((it) => it === first.toLowerCase());
    const rest = more.join(' ');
    if (!word) throw new UserError('bad_arguments', `Say what to change: ${WORDS.join(', ')}.`);
    if (word === 'reset') await resetOwnRules(ctx, person.id);
    else await save(ctx, person, word, rest);
    const own = await ownRules(ctx, person.id);
    return word === 'high' || word === 'low' ? tellSteps(own, word) : tellYou(shown(own));
  },
});

async function save(
  ctx: CommandContext,
  person: Person,
  word: Exclude<(typeof WORDS)[number], 'reset'>,
  rest: string,
): Promise<void> {
  const { rules: held, quiet, contacts } = await ownRules(ctx, person.id);
  const isOff = /^(?:off|none|no|default)$/i.test(rest);
  const changed = {
    high: () => ({ rules: { ...held, high: isOff ? null : stepsIn(rest, contacts) }, quiet }),
    low: () => ({ rules: { ...held, low: isOff ? null : stepsIn(rest, contacts) }, quiet }),
    quiet: () => ({ rules: held, quiet: isOff ? null : quietIn(rest, person.timezone) }),
    throttle: () => ({ rules: { ...held, throttle: isOff ? null : throttleIn(rest) }, quiet }),
    bundle: () => ({ rules: { ...held, bundleMs: isOff ? null : lengthIn(rest, 'bundle 10m') }, quiet }),
  };
  await saveOwnRules(ctx, person.id, changed[word]());
}

/** `chat now, sms 2m, voice +4366012345678 after 5m` */
function stepsIn(text: string, contacts: readonly ContactMethod[]): RuleStep[] {
  const parts = text.split(/\s*[,;]\s*|\s+(?:and|then)\s+/i).filter((it) => it !== '');
  if (parts.length === 0) {
    throw new UserError('bad_arguments', 'Say by what and when, as in `rules high chat now, sms 2m`.');
  }
  return parts.flatMap((part) => stepIn(part, contacts));
}

function stepIn(part: string, contacts: readonly ContactMethod[]): RuleStep[] {
  const [first = '', ...more] = part.split(/\s+/);
  const said = first.toLowerCase();
  const kind = OTHER_WORDS.get(said) ?? CONTACT_KINDS.find((it) => it === said);
  const mine = contacts.filter((it) => it.kind === kind);
  if (!kind || mine.length === 0) {
    const there = [...new Set(contacts.map((it) => it.kind))].join(', ');
    const wish = kind ? `You have no contact of the kind ${kind}` : `\`${first}\` is no way to be told`;
    throw new UserError(
      'bad_arguments',
      `${wish}. You have: ${there}. Add others with \`contact add\` or on the page.`,
    );
  }
  const which = more.findIndex((it) => /[@+]|\d{5}\b/.test(it));
  const address = which < 0 ? null : (more[which] ?? '');
  const meant = address === null ? mine : mine.filter((it) => labelOf(it).endsWith(address));
  if (meant.length === 0) {
    const known = mine.map(labelOf).join(', ');
    throw new UserError('bad_arguments', `You have no ${kind} ${address}. You have: ${known}.`);
  }
  const when = more
    .filter((_, index) => index !== which)
    .join(' ')
    .replace(/^(?:after|in)\s+/i, '');
  const delayMs = /^(?:|now|at once|0)$/i.test(when) ? 0 : lengthIn(when, `${kind} 2m`);
  return meant.map(({ id }) => ({ contact: id, delayMs }));
}

/** `22:00-07:00 Europe/Berlin except P0`; what is not excepted waits, but for high urgency where nothing is said. */
function quietIn(text: string, ownZone: string): QuietHours {
  const found =
    /^(\d{1,2}:\d\d)\s*(?:-|–|to|until)\s*(\d{1,2}:\d\d)(?:\s+(?!except)([\w/+-]+))?(?:\s+except\s+(.+))?$/i.exec(
      text,
    );
  if (!found) {
    throw new UserError('bad_arguments', 'Say from when to when, as in `rules quiet 22:00-07:00`.');
  }
  const [, from = '', to = '', zone = ownZone, except] = found;
  const times = { from: from.padStart(5, '0'), to: to.padStart(5, '0'), zone };
  return { ...times, breakThrough: except === undefined ? DEFAULT_BREAK_THROUGH : exceptIn(except) };
}

function exceptIn(text: string): QuietHours['breakThrough'] {
  const words = text.split(/[\s,]+/).filter((it) => it !== '' && it !== 'and');
  const urgencies = (['high', 'low'] as const).filter((it) => words.includes(it));
  const others = words.filter((it) => !urgencies.includes(it as Urgency) && it !== 'nothing');
  const severities = others.map((it) => {
    const severity = severityCode(it);
    if (severity) return severity;
    throw new UserError('bad_arguments', `\`${it}\` is neither a severity like P0 nor high or low.`);
  });
  return { severities, urgencies };
}

/** `5 in 10m` */
function throttleIn(text: string): { max: number; windowMs: number } {
  const found = /^(\d{1,4})\s+(?:in|per|within)\s+(.+)$/i.exec(text);
  if (!found) {
    throw new UserError('bad_arguments', 'Say how many in how long, as in `rules throttle 5 in 10m`.');
  }
  return { max: Number(found[1]), windowMs: lengthIn(found[2] ?? '', 'throttle 5 in 10m') };
}

function lengthIn(text: string, example: string): number {
  const length = durationOf(text);
  if (length !== null) return length;
  throw new UserError(
    'bad_arguments',
    `\`${text.slice(0, 40)}\` is no length of time. Write it as in \`${example}\`.`,
  );
}

function tellSteps({ preview }: Own, urgency: Urgency): Reply {
  const { ways, unreachable, notes } = preview[urgency];
  if (unreachable !== null) return tellYou(withTone(say(unreachable), 'alarm'));
  const parts = notes.map((text) => ({ type: 'context', text }) as const);
  return tellYou(withTone(say(`If you are paged with ${urgency} urgency now: ${ways}.`, ...parts), 'good'));
}

function shown(own: Own): Message {
  const { quiet, rules: held } = own;
  const breaks = quiet ? [...quiet.breakThrough.urgencies, ...quiet.breakThrough.severities] : [];
  const items: Text[] = [
    stepsLine(own, 'high'),
    stepsLine(own, 'low'),
    [
      bold('Quiet hours'),
      quiet
        ? `: ${quiet.from} to ${quiet.to} ${quiet.zone}; ${breaks.length > 0 ? `${breaks.join(', ')} comes through` : 'nothing comes through'}`
        : ': none',
    ],
    ...(held.throttle
      ? [
          [
            bold('At most'),
            ` ${held.throttle.max} messages to one contact in ${lasting(held.throttle.windowMs)}`,
          ],
        ]
      : []),
    ...(held.bundleMs === null
      ? []
      : [[bold('Together'), `: low-urgency pages within ${lasting(held.bundleMs)}`]]),
  ];
  const { ways, unreachable } = own.preview.high;
  const head = unreachable ?? `If you are paged with high urgency now: ${ways}.`;
  const how = [
    'Change it with ',
    code('rules high chat now, sms 2m'),
    ', see it work with ',
    code('test-page'),
  ];
  const message = say(head, { type: 'list', items }, { type: 'context', text: how });
  return unreachable === null ? message : withTone(message, 'alarm');
}

function stepsLine({ rules: held, steps, contacts }: Own, urgency: Urgency): Text {
  const said = steps[urgency]
    .toSorted((a, b) => a.delayMs - b.delayMs)
    .map(({ contact, delayMs }) => {
      const found = contacts.find(({ id }) => id === contact);
      const name = found ? `${WAY_NAMES[found.kind]} ${labelOf(found)}`.trim() : contact;
      return `${name} ${delayMs === 0 ? 'at once' : `after ${lasting(delayMs)}`}`;
    });
  const whose = held[urgency] === null ? ' (by default)' : '';
  return [bold(urgency === 'high' ? 'High urgency' : 'Low urgency'), `${whose}: ${said.join(', ')}`];
}
