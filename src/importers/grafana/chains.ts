import { cleanLine } from '#src/incident/text.ts';
import type { Target } from '#src/paging/policy.ts';

import type { Note } from '../carried.ts';
import type { TheirLevel, TheirPolicy } from '../levels.ts';
import { MINUTE } from '../spans.ts';
import type { GrafanaStep } from './answers.ts';

export interface Steps {
  /** In their order. */
  readonly all: readonly GrafanaStep[];
  /** Null: it is not in the export, or was left out. */
  readonly target: (kind: 'person' | 'schedule' | 'team', id: string) => Target | null;
}

/** After the last step nothing is waited for, so any length will do. */
const LAST_WINDOW_MS = 5 * MINUTE;
/** A chain that repeats does so five times. */
const REPEATS = 5;

/** Steps that follow each other without a wait are one level; a wait is what that level waits. */
export function chainOf(
  name: string,
  { all, target }: Steps,
  notes: Note[],
): Pick<TheirPolicy, 'levels' | 'repeat'> {
  const about = `policy ${cleanLine(name, 100)}`;
  const levels: TheirLevel[] = [];
  let open: { targets: Target[]; inTurn: boolean; waited: number } | null = null;
  let repeats = false;
  const close = () => {
    if (open) {
      levels.push({ targets: open.targets, inTurn: open.inTurn, windowMs: open.waited || LAST_WINDOW_MS });
    }
    open = null;
  };
  for (const step of all) {
    const type = step.type ?? '';
    if (type === 'repeat_escalation') repeats = true;
    else if (type === 'wait') {
      if (open) open.waited += (step.duration ?? 0) * 1000;
      else notes.push(...waitNote(about));
    } else {
      const inTurn = type === 'notify_person_next_each_time';
      const targets = targetsOf(step, target);
      if (targets === null) {
        notes.push({
          about,
          says: `Its step "${cleanLine(type, 60)}" is not carried over.`,
          todo: 'Say it in the file: a level can page rooms and webhooks, and apply at some hours only.',
        });
        continue;
      }
      if (targets.includes(null)) {
        notes.push({
          about,
          says: 'It pages somebody or something that is not in the export or was left out.',
          todo: 'Export it too, or name somebody else in the file.',
        });
      }
      if (open && (open.waited > 0 || open.inTurn || inTurn)) close();
      open ??= { targets: [], inTurn, waited: 0 };
      open.targets.push(...targets.filter((it) => it !== null));
    }
  }
  close();
  return { levels, repeat: { times: repeats ? REPEATS : 0, afterMs: 0 } };
}

function targetsOf(step: GrafanaStep, target: Steps['target']): (Target | null)[] | null {
  const people = step.persons_to_notify ?? step.persons_to_notify_next_each_time;
  if (people) return people.map((it) => target('person', it));
  if (step.notify_on_call_from_schedule) return [target('schedule', step.notify_on_call_from_schedule)];
  return step.team_to_notify ? [target('team', step.team_to_notify)] : null;
}

function waitNote(about: string): Note[] {
  return [
    {
      about,
      says: 'It waits before it pages anybody; here the first level pages at once.',
      todo: 'Raise the severity at which the policy applies, if that was the reason.',
    },
  ];
}
