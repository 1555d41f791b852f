import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { timed } from '#src/chat/duty.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, say } from '#src/chat/message.ts';
import { nameIn } from '#src/chat/names.ts';
import { explainPaging } from '#src/engine/why.ts';
import { UserError } from '#src/errors.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';

export const why = defineCommand({
  name: 'why',
  summary: 'See why you or somebody else was paged for an incident, or was not',
  group: 'Be on call',
  examples: ['why', 'why INC-42', 'why INC-42 @bo'],
  allow: 'viewer',
  args: {
    incident: arg.incident(undefined, { among: STATUSES }),
    who: arg.optional(arg.person('Whose pages, like @bo; yours when left out')),
  },

  async run(ctx, { incident: number, who = ctx.person?.id }) {
    if (!who) throw new UserError('bad_arguments', 'This key belongs to nobody; say whose pages, like @bo.');
    const { wasPaged, pages } = await explainPaging(ctx, number, who);
    const name = nameIn(await allNames(ctx), who);
    const title = `Why ${name} was ${wasPaged ? '' : 'not '}paged for ${shortName(number)}`;
    return tellYou(
      say([bold(title)], ...pages.map((it) => ({ type: 'list', items: it.map(timed) }) as const)),
    );
  },
});
