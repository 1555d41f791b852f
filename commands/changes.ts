import { arg } from '#src/chat/args.ts';
import { changeLine } from '#src/chat/change-line.ts';
import { defineCommand, tellYou, type CommandContext } from '#src/chat/command.ts';
import { changesAt, incidentFor, type ChangesAt } from '#src/chat/look-services.ts';
import { incidentAt } from '#src/chat/look.ts';
import { bold, code, moment, say, type Inline, type Part } from '#src/chat/message.ts';
import { count } from '#src/chat/names.ts';
import { parseRef, shortName, type Incident } from '#src/incident/incident.ts';

/** The most in one message. */
const SHOWN = 20;

export const changes = defineCommand({
  name: 'changes',
  aliases: ['deploys'],
  summary: 'See what changed lately, before an incident, or on a service',
  group: 'Look deeper',
  examples: ['changes', 'changes INC-42', 'changes checkout', 'changes checkout --since 7d'],
  allow: 'viewer',
  args: {
    what: arg.optional(
      arg.text('Around an incident like INC-42 (its own in its room), or of a service by its name', {
        max: 200,
      }),
    ),
    since: arg.optional(arg.after(['since'], arg.duration('How far back, like 2h; 1d when left out'))),
  },

  async run(ctx, { what, since: ms = null }) {
    const { incident, service } = await meant(ctx, what);
    const found = await changesAt(ctx, { incident: incident?.number ?? null, service, ms });
    const of = service === null ? '' : ` of ${service}`;
    const title =
      incident === null ? `What changed${of}` : `What changed around ${shortName(incident.number)}`;
    const window: Inline[] = ['From ', moment(found.from), ' to ', moment(found.until)];
    if (found.changes.length === 0) {
      return tellYou(say(`${title}: nothing that we were told of.`, ...howTo(window)));
    }
    const total = found.changes.length;
    const more = total > SHOWN ? `, the latest ${SHOWN} of ${count(total, 'change')}` : '';
    return tellYou(
      say([bold(title)], ...listed(found), {
        type: 'context',
        text: [...window, `${more}, the latest first.`],
      }),
    );
  },
});

/** Whoever is in an incident's room means that one where they name nothing. Throws `not_found`. */
async function meant(
  ctx: CommandContext,
  word: string | undefined,
): Promise<{ readonly incident: Incident | null; readonly service: string | null }> {
  if (word === undefined) {
    return { incident: ctx.here === null ? null : await incidentAt(ctx, ctx.here), service: null };
  }
  if (parseRef(word) === null) return { incident: null, service: word };
  return { incident: await incidentFor(ctx, word), service: null };
}

/** Of an incident what came before the first alert stands apart from what came after. */
function listed({ changes: all, onset }: ChangesAt): Part[] {
  const shown = all.slice(0, SHOWN);
  if (onset === null) return [{ type: 'list', items: shown.map(changeLine) }];
  const [before, after] = [
    shown.filter((it) => it.startedAt <= onset),
    shown.filter((it) => it.startedAt > onset),
  ];
  const part = (text: Inline[], items: typeof shown): Part[] =>
    items.length === 0
      ? []
      : [
          { type: 'text', text },
          { type: 'list', items: items.map(changeLine) },
        ];
  return [...part(['Before the first alert, ', moment(onset), ':'], before), ...part(['After it:'], after)];
}

function howTo(window: readonly Inline[]): Part[] {
  const told = [
    'GitHub, GitLab, Argo CD or any pipeline tells us of changes at ',
    code('/api/v1/changes'),
    '. ',
  ];
  return [{ type: 'context', text: [...told, ...window, '.'] }];
}
