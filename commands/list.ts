import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou, type CommandContext } from '#src/chat/command.ts';
import { incidentChoices } from '#src/chat/form.ts';
import { allNames, incidentsLike } from '#src/chat/look.ts';
import { bold, say, withTone } from '#src/chat/message.ts';
import { count, incidentLine, statusName } from '#src/chat/names.ts';
import { UserError } from '#src/errors.ts';
import { STATUSES, type Status } from '#src/incident/incident.ts';
import type { PersonId } from '#src/incident/person.ts';

const WHICH = [
  'open',
  'all',
  'mine',
  'new',
  'acknowledged',
  'in-progress',
  'escalated',
  'resolved',
  'closed',
] as const;
type Which = (typeof WHICH)[number];

/** The most incidents in one message. */
const SHOWN = 20;

export const list = defineCommand({
  name: 'list',
  aliases: ['ls', 'incidents'],
  summary: 'List incidents, the worst first',
  group: 'See what is going on',
  examples: ['list', 'list mine', 'list resolved sev1', 'list P0'],
  allow: 'viewer',
  args: {
    which: arg.optional(arg.choice('Those that are open (when left out), all, mine, or in one state', WHICH)),
    severity: arg.optional(arg.severity('Only those of this severity')),
  },

  async run(ctx, { which = 'open', severity }) {
    const filter = {
      ...filterFor(ctx, which),
      ...(severity ? { severities: [severity] } : {}),
      limit: SHOWN,
    };
    const { incidents, total } = await incidentsLike(ctx, filter);
    const what = which === 'all' || which === 'mine' ? 'incident' : `${which} incident`;
    const whose = which === 'mine' ? ' of yours' : '';
    const none = `No ${what}${whose}${severity ? ` of severity ${severity}` : ''}.`;
    if (incidents.length === 0) return tellYou(withTone(say(none), 'good'));
    const names = await allNames(ctx);
    const more = total > incidents.length ? `, the worst ${incidents.length} of them` : '';
    const items = incidents.map((it) => incidentLine(it, names, ctx.settings.publicUrl));
    const select = {
      label: 'Show one',
      command: 'show',
      args: {},
      arg: 'incident',
      options: incidentChoices(incidents),
    };
    return tellYou(
      say(
        [bold(`${count(total, what)}${whose}${more}`)],
        { type: 'list', items },
        { type: 'select', select },
      ),
    );
  },
});

function filterFor(
  { person }: CommandContext,
  which: Which,
): { open?: boolean; statuses?: Status[]; assignee?: PersonId } {
  if (which === 'all') return {};
  if (which === 'open') return { open: true };
  const isWanted = (it: Status) => statusName(it).replace(' ', '-') === which;
  if (which !== 'mine') return { statuses: STATUSES.filter(isWanted) };
  if (!person) throw new UserError('bad_arguments', 'This key belongs to nobody, so nothing is `mine`.');
  return { open: true, assignee: person.id };
}
