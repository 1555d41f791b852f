import { shortName } from '#src/incident/incident.ts';
import { nameOf } from '#src/questions/names.ts';
import { isTime, sayMetric, subjectOf, unitOf, type Dimension, type QuerySpec } from '#src/questions/spec.ts';

import type { Answered, ReadBy, Understood } from './ask.ts';
import { namesOnCall } from './duty.ts';
import {
  bold,
  link,
  marked,
  moment,
  say,
  withTone,
  type Button,
  type Inline,
  type Message,
  type Part,
} from './message.ts';
import { count, statusName } from './names.ts';

interface Around {
  readonly publicUrl: string;
  /** Whether buttons are put below it: not where it is said by itself. */
  readonly withButtons: boolean;
}

/** An answer: the number or the rows, how the question was read, what stands behind it, and who read it. */
export function answerMessage(answered: Answered, { publicUrl, withButtons }: Around): Message {
  const { spec, words, span, answer, by, notes } = answered;
  const isOnCall = subjectOf(spec.metric) === 'on-call';
  const head = headOf(answered);
  const bars = answer.rows.length > 0 && spec.group_by.length > 0 ? barsOf(answered) : null;
  const bounds: Inline[] = [
    ...(span.from ? [' From ', moment(span.from)] : []),
    ...(span.to ? [span.from ? ' to ' : ' Until ', moment(span.to)] : []),
    ...(span.from || span.to ? ['.'] : []),
  ];
  const parts: Part[] = [
    { type: 'context', text: [`Read as: ${words}.`, ...bounds] },
    ...(bars === null ? [] : [{ type: 'code', text: bars } as const]),
    ...onCallPart(answered),
    ...incidentsPart(answered, publicUrl),
    ...(isOnCall ? [] : [{ type: 'context', text: behind(answered, publicUrl) } as const]),
    { type: 'context', text: [...notes.map((it) => `${it}. `), readBy(by)].join('') },
    ...(withButtons ? [buttonsOf(answered)] : []),
  ];
  return say([bold(head)], ...parts);
}

/** A question that is not answered: why, and what can be asked in its place. */
export function refusalMessage({ why, instead, by }: Extract<Understood, { ok: false }>): Message {
  const buttons = instead.map((question): Button => ({
    label: question.length > LABEL_MAX ? `${question.slice(0, LABEL_MAX - 1)}…` : question,
    command: 'ask',
    args: { question },
    style: 'plain',
  }));
  const message = say(
    ['I cannot answer that for certain, so I do not. ', ...(by.source === 'rules' ? marked(why) : [why])],
    { type: 'context', text: 'What can be asked, for example:' },
    { type: 'buttons', buttons },
    { type: 'context', text: readBy(by) },
  );
  return withTone(message, 'warn');
}

/** Buttons of every platform hold this much. */
const LABEL_MAX = 75;

function readBy({ source, model }: ReadBy): string {
  if (source === 'given') return 'Asked as it was asked before; the numbers are counted by code.';
  if (source === 'rules') return 'Read by rules; the numbers are counted by code.';
  const who = model ?? 'a model';
  const how = source === 'cache' ? `Read by ${who}, as it was lately` : `Read by ${who}`;
  return `${how}, so see whether it is what you asked; the numbers are counted by code.`;
}

/** `12 incidents`, `3 h 12 min`, `87.5 %`. */
function headOf({ spec, answer, watches }: Answered): string {
  const { metric, group_by } = spec;
  if (metric === 'on-call') {
    return watches.length === 0 ? 'There is no on-call schedule.' : 'On call now';
  }
  if (metric === 'list') return answer.total === 0 ? 'No incidents' : count(answer.total, 'incident');
  if (group_by.length > 0) {
    const [first] = answer.rows;
    return first ? sayMetric(metric) : 'Nothing';
  }
  const [row] = answer.rows;
  if (unitOf(metric) === 'count') return saidCount(metric, row?.value ?? 0);
  if (!row || row.value === null) return 'Nothing to take it of';
  return `${sayMetric(metric)}: ${valueIn(metric, row.value)}`;
}

function saidCount(metric: QuerySpec['metric'], value: number): string {
  const nouns = {
    incidents: 'incident',
    alerts: metric === 'noise' ? 'repeated alert message' : 'alert message',
    pages: metric === 'night-pages' ? 'page' : 'page',
    changes: 'change',
    'on-call': 'schedule',
  } as const;
  const said = count(value, nouns[subjectOf(metric)]);
  return metric === 'night-pages' ? `${said} at night` : said;
}

/** A value as people read it. */
export function valueIn(metric: QuerySpec['metric'], value: number | null): string {
  if (value === null) return 'none';
  if (unitOf(metric) === 'share') {
    return `${(100 * value).toLocaleString('en', { maximumFractionDigits: 1 })} %`;
  }
  return unitOf(metric) === 'seconds' ? lengthOf(value) : value.toLocaleString('en');
}

/** `3 h 12 min`, `2 d 4 h`, `45 s`. */
function lengthOf(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Rows in a message; platforms cut what is longer. */
const BARS = 20;
const WIDTH = 16;

/** A table with a bar for each row: the chart that every platform can draw. */
function barsOf({ spec, answer, names }: Answered): string {
  const shown = spec.order.by === 'time' ? answer.rows.slice(-BARS) : answer.rows.slice(0, BARS);
  const most = Math.max(...shown.map(({ value }) => value ?? 0));
  const rows = shown.map(({ keys, value, n }) => {
    const length = most > 0 && value !== null ? Math.round((WIDTH * value) / most) : 0;
    const of =
      unitOf(spec.metric) === 'count' && spec.metric !== 'noise' ? '' : ` of ${n.toLocaleString('en')}`;
    return {
      name: keys.map((key, index) => keyIn(spec.group_by[index], key, names)).join(' · '),
      bar: '█'.repeat(length === 0 && (value ?? 0) > 0 ? 1 : length),
      value: `${valueIn(spec.metric, value)}${of}`,
    };
  });
  const width = Math.min(32, Math.max(...rows.map(({ name }) => name.length)));
  const lines = rows.map(
    ({ name, bar, value }) => `${name.slice(0, width).padEnd(width)}  ${bar.padEnd(WIDTH)}  ${value}`,
  );
  const left = answer.rows.length - rows.length;
  return [...lines, ...(left > 0 ? [`and ${left} more`] : [])].join('\n');
}

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** What a group is called: people and teams by their names. */
export function keyIn(
  dimension: Dimension | undefined,
  key: string | null,
  names: Answered['names'],
): string {
  if (key === null) return '(none)';
  if (dimension === undefined) return key;
  if (dimension === 'weekday') return WEEKDAYS[Number(key) - 1] ?? key;
  if (dimension === 'status') return key.toLowerCase().replace('_', ' ');
  return isTime(dimension) ? key : nameOf({ names }, dimension, key);
}

function onCallPart({ watches, names }: Answered): Part[] {
  if (watches.length === 0) return [];
  const called = new Map(
    names.filter(({ field }) => field === 'assignee').map((it) => [it.value, it.called[0] ?? it.value]),
  );
  const items = watches.map(({ schedule, now }): Inline[] => [
    bold(schedule.name),
    ': ',
    ...namesOnCall(now, called),
  ]);
  return [{ type: 'list', items }];
}

function incidentsPart({ spec, answer, names }: Answered, publicUrl: string): Part[] {
  if (answer.incidents.length === 0) return [];
  const items = answer.incidents.map(({ number, title, severity, status, assignee, seconds }): Inline[] => {
    const who = assignee === null ? 'nobody yet' : nameOf({ names }, 'assignee', assignee);
    const length = spec.order.by === 'duration' ? ` · ${lengthOf(seconds)}` : '';
    return [
      link(shortName(number), `${publicUrl}/incidents/${number}`),
      ` ${severity} · ${statusName(status)} · ${who}${length} · ${title}`,
    ];
  });
  return [{ type: 'list', items }];
}

/** How many rows stand behind it, and where all of them are. */
function behind({ spec, answer }: Answered, publicUrl: string): Inline[] {
  const subject = subjectOf(spec.metric);
  const noun = {
    incidents: 'incident',
    alerts: 'alert message',
    pages: 'page',
    changes: 'change',
    'on-call': 'row',
  }[subject];
  const isShown = answer.incidents.length > 0 && spec.metric !== 'list';
  const [row] = answer.rows;
  const missing =
    unitOf(spec.metric) !== 'count' && spec.group_by.length === 0 && row ? answer.total - row.n : 0;
  const url = `${publicUrl}/api/v1/questions?spec=${encodeURIComponent(JSON.stringify(spec))}`;
  return [
    `Behind it: ${count(answer.total, noun)}${isShown ? ', the latest of them above' : ''}. `,
    ...(missing > 0
      ? [`${missing.toLocaleString('en')} of them have no such value yet and are left out. `]
      : []),
    ...(subject === 'incidents' ? ['Merged incidents count as the one they became. '] : []),
    ...(spec.group_by.some(isTime) ? ['Times without any are left out. '] : []),
    ...(answer.rows.length === spec.limit && spec.group_by.length > 0
      ? [`There may be more than ${spec.limit}. `]
      : []),
    link('All rows', url),
  ];
}

function buttonsOf({ question, spec }: Answered): Part {
  const args = { question, query: JSON.stringify(spec) };
  return {
    type: 'buttons',
    buttons: [
      { label: 'Run again', command: 'ask', args, style: 'plain' },
      { label: 'Every Monday', command: 'digest', args: { ...args, every: 'monday' }, style: 'plain' },
    ],
  };
}
