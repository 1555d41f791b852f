import { z } from 'zod';

import { HANDOFF_DEFAULTS, handoffRules } from '#src/oncall/handoff.ts';
import type { HandoffRules, Schedule } from '#src/oncall/schedule.ts';

import { fields, length, list, meant, quoted, text, yesNo } from '../fields.ts';
import { isSame, type Fields, type Pare } from '../state.ts';
import { sayLength } from '../words.ts';

const KINDS = ['person', 'team', 'schedule'] as const;

const Backup = text(200).transform((it, ctx): NonNullable<HandoffRules['backup']> => {
  const [word = '', id = ''] = it.split(/:(.*)/s).map((part) => part.trim());
  const kind = KINDS.find((known) => known === word);
  if (kind !== undefined && id !== '') return { kind, id };
  const hint = meant(word, KINDS) || '; write it like person:ana or schedule:second-line';
  ctx.addIssue(`${quoted(it)} is no backup${hint}`);
  return z.NEVER;
});

export const HandoffEntry = fields({
  rooms: list(text(200)).default([]),
  acceptance: yesNo().default(HANDOFF_DEFAULTS.acceptance),
  grace: length().default(HANDOFF_DEFAULTS.grace),
  backup: Backup.nullable().default(null),
  reminders: list(length()).default([...HANDOFF_DEFAULTS.reminders]),
  look_ahead: yesNo().default(HANDOFF_DEFAULTS.lookAhead),
  warn_before: length().default(HANDOFF_DEFAULTS.warnBefore),
});

/** Left out where all is as it would be without it. */
export function readHandoff(entry: z.output<typeof HandoffEntry>): Pick<Schedule, 'handoff'> {
  const { look_ahead: lookAhead, warn_before: warnBefore, ...rest } = entry;
  const handoff: HandoffRules = { ...rest, lookAhead, warnBefore };
  return isSame(handoff, HANDOFF_DEFAULTS) ? {} : { handoff };
}

export function writeHandoff(schedule: Schedule, pare: Pare): Fields {
  return pare(written(handoffRules(schedule)), written(HANDOFF_DEFAULTS));
}

function written(rules: HandoffRules): Fields {
  const { rooms, acceptance, grace, backup, reminders, lookAhead, warnBefore } = rules;
  return {
    rooms: [...rooms],
    acceptance,
    grace: sayLength(grace),
    backup: backup && `${backup.kind}:${backup.id}`,
    reminders: reminders.map(sayLength),
    look_ahead: lookAhead,
    warn_before: sayLength(warnBefore),
  };
}
