import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { draftHandoff, draftNotes, draftPostMortem, draftUpdate } from '#src/chat/draft.ts';
import { timelineAt, viewAt } from '#src/chat/look.ts';
import { STATUSES } from '#src/incident/incident.ts';
import { AUDIENCES } from '#src/llm/tasks/status-update.ts';

const WHAT = ['update', 'handoff', 'notes', 'post-mortem'] as const;

export const draft = defineCommand({
  name: 'draft',
  aliases: ['write'],
  summary: 'Have an update, hand-off note, notes or the post-mortem written for you to read',
  group: 'Look deeper',
  examples: ['draft update', 'draft update --for customers', 'draft notes', 'draft INC-42 post-mortem'],
  allow: 'responder',
  args: {
    incident: arg.incident(undefined, { among: STATUSES }),
    what: arg.choice('What to write', WHAT),
    for: arg.optional(arg.choice('Whom an update is for; engineers when left out', AUDIENCES)),
  },

  async run(ctx, { incident: number, what, for: audience = 'engineers' }) {
    const whole = { view: await viewAt(ctx, number), events: await timelineAt(ctx, number) };
    if (what === 'update') return tellYou(await draftUpdate(ctx, whole, audience));
    if (what === 'handoff') return tellYou(await draftHandoff(ctx, whole));
    if (what === 'notes') return tellYou(await draftNotes(ctx, whole));
    return tellYou(await draftPostMortem(ctx, whole));
  },
});
