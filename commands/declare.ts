import { arg } from '#src/chat/args.ts';
import { defineCommand, tellAll, tellYou } from '#src/chat/command.ts';
import { bold, say } from '#src/chat/message.ts';
import { severityName } from '#src/chat/names.ts';
import { declare as open } from '#src/engine/declare.ts';
import { CATEGORIES, ENVIRONMENTS, shortName } from '#src/incident/incident.ts';

export const declare = defineCommand({
  name: 'declare',
  aliases: ['open', 'new', 'create'],
  summary: 'Open an incident and a room for it',
  group: 'Run an incident',
  examples: [
    'declare a laptop with customer data is lost --private yes',
    'declare sev1 checkout is down',
    'declare search is slow --severity P2 --service search --impact "results take 10 s"',
  ],
  allow: 'responder',
  onMessage: { label: 'Declare from message', arg: 'title', asks: 'draft' },
  args: {
    title: arg.text('What is wrong, in a few words'),
    severity: arg.optional(
      arg.severity('How bad it is: P0 (worst) to P4, or sev1 to sev5; P2 when left out'),
    ),
    impact: arg.optional(arg.paragraph('What it does to people')),
    service: arg.optional(arg.word('The service or component it is about', { max: 200 })),
    environment: arg.optional(arg.choice('Where it happens', ENVIRONMENTS)),
    category: arg.optional(arg.choice('What kind of trouble it is', CATEGORIES)),
    description: arg.optional(arg.paragraph('All that is known so far')),
    private: arg.optional(
      arg.choice('Whether only those see it who work on it or are invited, and admins', ['yes', 'no']),
    ),
  },

  async run(ctx, { service, private: secret, ...said }) {
    const resource = service ? { type: 'service', id: service, name: service, metadata: {} } : null;
    const incident = await open(ctx, { ...said, resource, isPrivate: secret === 'yes' });
    const name = shortName(incident.number);
    const severity = severityName(incident.severity);
    return (incident.isPrivate ? tellYou : tellAll)(
      say([bold(name), ` is open as ${severity}: ${incident.title}. Its room will be there in a moment.`]),
    );
  },
});
