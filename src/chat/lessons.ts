import { listLessons, type LessonCount } from '#src/db/lessons.ts';
import { ruleOf } from '#src/engine/lessons.ts';
import { shortName, type Incident } from '#src/incident/incident.ts';
import type { Lesson, LessonField } from '#src/incident/lesson.ts';

import type { CommandContext } from './command.ts';
import { allNames } from './look.ts';
import { bold, code, marked, moment, say, type Inline, type Message, type Part } from './message.ts';
import { count, nameIn } from './names.ts';

/** What to press so that a correction holds for the next alerts too; nothing where no alert opened the incident. */
export async function alwaysButton(
  { db }: Pick<CommandContext, 'db'>,
  incident: Incident,
  field: LessonField,
): Promise<Part[]> {
  const of = await ruleOf(db, incident);
  if (!of) return [];
  const args = { action: 'learn', incident: shortName(incident.number), field };
  const button = { label: 'Always for this alert rule', command: 'lessons', args, style: 'plain' } as const;
  return [{ type: 'buttons', buttons: [button] }];
}

/** `Alerts of the rule X of checkout open as P1 from now on.` */
export function learnedWords({ rule, service, field, value }: Omit<Lesson, 'id'>): Inline[] {
  return [
    'Alerts of the rule ',
    bold(rule),
    service === null ? '' : ` of ${service}`,
    ` open with ${field} `,
    bold(value),
    ' from now on.',
  ];
}

/** The most in one message. */
const SHOWN = 15;

export async function lessonsMessage(ctx: CommandContext): Promise<Message> {
  const lessons = await listLessons(ctx.db);
  if (lessons.length === 0) {
    return say(
      marked(
        'Nothing was learned yet. Correct the severity, category or service of an incident that an alert opened, and say that it shall hold: `lessons learn INC-42 severity`.',
      ),
    );
  }
  const names = await allNames(ctx);
  const items = lessons.slice(0, SHOWN).map((it) => line(it, (id) => nameIn(names, id)));
  const more = lessons.length - items.length;
  return {
    parts: [
      { type: 'heading', text: 'What people have taught' },
      { type: 'list', items },
      {
        type: 'context',
        text: marked(
          `${more > 0 ? `${count(more, 'older one')} not shown. ` : ''}\`lessons forget ID\` takes one back; what was opened stays as it is.`,
        ),
      },
    ],
    summary: `${count(lessons.length, 'lesson')} that people have taught`,
    tone: 'info',
  };
}

function line(it: LessonCount, nameOf: (id: string) => string): Inline[] {
  const by = it.madeBy === null ? 'people said so again' : nameOf(it.madeBy);
  return [
    code(it.id),
    ' ',
    bold(it.rule),
    it.service === null ? '' : ` of ${it.service}`,
    it.field === 'duplicate' ? `: repeats what ${it.value} opens (` : `: ${it.field} ${it.value} (`,
    `${by}${it.team === null ? '' : `, team ${nameOf(it.team)}`}, `,
    moment(it.madeAt),
    `); used ${count(it.uses, 'time')}, overruled ${it.overruled}.`,
  ];
}
