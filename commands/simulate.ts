import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { timed } from '#src/chat/duty.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, clock, moment, say, withTone, type Inline, type Part } from '#src/chat/message.ts';
import { count, nameIn, severityName, type Names } from '#src/chat/names.ts';
import { SIMULATED, simulatePaging } from '#src/engine/simulate.ts';
import { shortName } from '#src/incident/incident.ts';
import { sayableId } from '#src/incident/recipient.ts';
import type { SimulatedStep } from '#src/paging/simulate.ts';

/** The most steps in one message. */
const SHOWN = 25;

export const simulate = defineCommand({
  name: 'simulate',
  summary: 'See who would be paged for a service, minute by minute, if nobody answered',
  group: 'Be on call',
  examples: ['simulate checkout', 'simulate checkout --severity P0 --when 22:00'],
  allow: 'viewer',
  args: {
    service: arg.word('The service that would break, like checkout', { max: 100 }),
    severity: arg.optional(arg.severity('How bad; P1 when left out')),
    when: arg.optional(arg.after(['at'], arg.when('When, like 22:00 or tomorrow 3:00; now when left out'))),
  },

  async run(ctx, { service, severity = 'P1', when }) {
    const at = when ?? ctx.now();
    const found = await simulatePaging(ctx, { service, severity, at });
    const { policy, why, steps } = found;
    const what = [bold(`${severityName(found.severity)} at ${service}`), ', declared by hand ', moment(at)];
    if (policy === null) return tellYou(withTone(say([...what, `: nobody would be paged. ${why}`]), 'warn'));
    const names = await allNames(ctx);
    const dead = steps.filter(({ isDead }) => isDead).length;
    const more = steps.length - SHOWN;
    const parts: Part[] = [
      { type: 'text', text: why },
      { type: 'list', items: steps.slice(0, SHOWN).map((it) => stepLine(it, names)) },
      ...(more > 0 ? [{ type: 'context', text: `And ${count(more, 'more step')}.` } as const] : []),
      { type: 'context', text: deadWords(dead) },
    ];
    const message = say([...what, `: policy ${policy}`], ...parts);
    return tellYou(dead > 0 ? withTone(message, 'warn') : message);
  },
});

function deadWords(dead: number): string {
  if (dead === 0) return 'Nobody was paged for this. Every step can reach somebody.';
  return `Nobody was paged for this. ${count(dead, 'step')} can reach nobody.`;
}

/** `+5 min (08:05), level 2: Bo by chat. Why so`; what reaches nobody says so first. */
function stepLine({ at, minute, level, to, by, why, isDead }: SimulatedStep, names: Names): Inline[] {
  const [kind = '', ...id] = to?.split(':') ?? [];
  const name =
    kind === 'person' ? nameIn(names, id.join(':')) : `${kind} ${sayableId({ kind, id: id.join(':') })}`;
  const who = to === null ? '' : `${name}${by === null ? '' : ` by ${by}`}. `;
  const said = why.replaceAll(shortName(SIMULATED), 'the incident');
  return [
    `+${minute} min (`,
    clock(at),
    `), level ${level}: `,
    ...(isDead ? [bold('Reaches nobody'), '. '] : []),
    who,
    ...timed(said.charAt(0).toUpperCase() + said.slice(1)),
  ].filter((it) => it !== '');
}
