import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou, type TestAlert } from '#src/chat/command.ts';
import { say } from '#src/chat/message.ts';
import { shortName } from '#src/incident/incident.ts';

export const testAlert = defineCommand({
  name: 'test-alert',
  aliases: ['test', 'testalert'],
  summary: 'Send a sample alert through the real intake, to see what happens',
  group: 'Get started',
  examples: ['test-alert', 'test-alert alertmanager'],
  allow: 'responder',
  args: {
    source: arg.optional(
      arg.text('The alert source whose sample is sent; left out, you choose', { max: 60 }),
    ),
  },

  async run(ctx, { source }) {
    if (!source) {
      const options = ctx.testSources.map((name) => ({ label: name, value: name }));
      const select = { label: 'Which source?', command: 'test-alert', args: {}, arg: 'source', options };
      return tellYou(say('Whose sample alert shall be sent?', { type: 'select', select }));
    }
    const name = source.toLowerCase();
    return tellYou(say(wordsFor(name, await ctx.sendTestAlert(name))));
  },
});

function wordsFor(source: string, { title, status, incident }: TestAlert): string {
  const sent = `The sample alert of ${source} was sent: ${title}.`;
  if (incident === null) return `${sent} It opens no incident.`;
  const name = shortName(incident);
  return status === 'duplicate'
    ? `${sent} It was known already, and belongs to ${name}.`
    : `${sent} It belongs to ${name}.`;
}
