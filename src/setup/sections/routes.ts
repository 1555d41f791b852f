import type { z } from 'zod';

import { SEVERITIES } from '#src/incident/incident.ts';
import type { RouteAction, RoutingRule } from '#src/paging/routing.ts';
import { OPERATORS, type Operator, type Row } from '#src/paging/rows.ts';
import { STRATEGIES } from '#src/paging/strategies.ts';

import { either, fields, lines, list, quoted, text, whole, word, yesNo } from '../fields.ts';
import { isSame, nameOf, type Fields, type Pare, type Plain } from '../state.ts';
import { HoursEntry, writeHours } from './hours.ts';
import { TargetEntry, writeTarget } from './targets.ts';

/** The longest first, so that `not in` is not read as `in`. */
const SAID = OPERATORS.map((it) => it.replace('_', ' ')).toSorted((a, b) => b.length - a.length);
const ROW = new RegExp(`^(.+?) (${SAID.join('|')}) (.+)$`);

const RowText = text(5000).transform((it, ctx): Row => {
  const match = ROW.exec(it);
  if (!match) {
    ctx.addIssue(
      `${quoted(it)} is no condition; write it like severity in P0, P1 or title contains checkout (${OPERATORS.join(', ').replaceAll('_', ' ')})`,
    );
  }
  const [, field = '', said = 'equals', value = ''] = match ?? [];
  const operator = said.replace(' ', '_') as Operator;
  const isList = operator === 'in' || operator === 'not_in';
  return {
    field: field.trim(),
    operator,
    value: isList ? value.split(',').map((one) => one.trim()) : value.trim(),
  };
});

const RowEntry = either<Row>(
  RowText,
  fields({
    field: text(),
    operator: word(OPERATORS),
    value: either<string | string[]>(lines(), list(lines())),
  }),
);

const DEFAULTS = {
  description: '',
  enabled: true,
  priority: 0,
  when: [],
  hours: null,
  policy: null,
  notify: [],
  strategy: 'direct',
  skills: [],
  team: null,
  labels: [],
  severity: null,
  suppress: false,
};

export const RouteEntry = fields({
  name: text(200).optional(),
  description: lines().default(''),
  enabled: yesNo().default(true),
  priority: whole().default(0),
  when: list(RowEntry).default([]),
  hours: HoursEntry.nullable().default(null),
  policy: text().nullable().default(null),
  notify: list(TargetEntry).default([]),
  strategy: word(STRATEGIES).default('direct'),
  skills: list(text(100)).default([]),
  team: text().nullable().default(null),
  labels: list(text(200)).default([]),
  severity: word(SEVERITIES).nullable().default(null),
  suppress: yesNo().default(false),
});

export function readRoute(id: string, entry: z.output<typeof RouteEntry>): RoutingRule {
  const { name = nameOf(id), description, enabled, priority, when, hours, strategy, skills } = entry;
  return {
    id,
    name,
    description,
    enabled,
    priority,
    rows: when,
    hours,
    strategy,
    skills,
    actions: readActions(entry),
  };
}

export function writeRoute(rule: RoutingRule, pare: Pare): Fields {
  const { id, name, description, enabled, priority, rows, hours, strategy, skills, actions } = rule;
  const full = {
    name,
    description,
    enabled,
    priority,
    when: rows.map(writeRow),
    hours: hours && writeHours(hours),
    ...writeActions(actions),
    strategy,
    skills,
  };
  return pare(full, { ...DEFAULTS, name: nameOf(id) });
}

function readActions(entry: z.output<typeof RouteEntry>): RouteAction[] {
  const { policy, notify, team, labels, severity, suppress } = entry;
  return [
    ...(policy === null ? [] : [{ do: 'policy' as const, policy }]),
    ...(notify.length === 0 ? [] : [{ do: 'notify' as const, targets: notify }]),
    ...(team === null ? [] : [{ do: 'assign' as const, team }]),
    ...(labels.length === 0 ? [] : [{ do: 'label' as const, labels }]),
    ...(severity === null ? [] : [{ do: 'severity' as const, severity }]),
    ...(suppress ? [{ do: 'suppress' as const }] : []),
  ];
}

/** Of several policies, teams or severities the last one counts; targets and labels add up. */
function writeActions(actions: readonly RouteAction[]): Fields {
  return {
    policy: actions.findLast((it) => it.do === 'policy')?.policy ?? null,
    notify: actions.filter((it) => it.do === 'notify').flatMap((it) => it.targets.map(writeTarget)),
    team: actions.findLast((it) => it.do === 'assign')?.team ?? null,
    labels: [...new Set(actions.filter((it) => it.do === 'label').flatMap((it) => it.labels))],
    severity: actions.findLast((it) => it.do === 'severity')?.severity ?? null,
    suppress: actions.some((it) => it.do === 'suppress'),
  };
}

/** A number is compared as its text, so it is written as one. */
function writeRow({ field, operator, value }: Row): Plain {
  const row = { field, operator, value: typeof value === 'number' ? String(value) : value };
  const said = typeof row.value === 'string' ? row.value : row.value.join(', ');
  const short = `${field} ${operator.replace('_', ' ')} ${said}`;
  const read = RowText.safeParse(short);
  return read.success && isSame(read.data, row) ? short : row;
}
