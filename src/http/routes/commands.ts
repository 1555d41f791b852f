import { z } from 'zod';

import { plainMessage, type Message } from '#src/chat/message.ts';

import { route } from '../route.ts';
import { incidentFor } from '../visible.ts';

export const commandRoutes = [
  route({
    name: 'runCommand',
    method: 'post',
    path: '/api/v1/commands',
    tag: 'Commands',
    summary: 'Run a command as people type it',
    description: 'The same commands as in chat, without the /incident in front: `ack INC-42`, `help`.',
    // What each command needs is checked where commands are.
    access: 'incidents:read',
    body: z.strictObject({
      text: z.string().trim().min(1, 'say what to do, for example help').max(10_000),
      incident: z
        .string()
        .max(100)
        .optional()
        .meta({ description: 'The incident it is about, where the text names none.' }),
    }),
    answers: {
      status: 200,
      description: 'What the bot says to it.',
      body: z.object({
        text: z.string().meta({ description: 'The reply as plain words.' }),
        message: z
          .custom<Message>()
          .meta({ override: { type: 'object', description: 'The reply part by part.' } }),
        visible: z.enum(['private', 'room']),
      }),
    },
    refuses: [404, 409],
    run: async ({ deps, who, body }) => {
      const about = body.incident === undefined ? null : await incidentFor({ deps, who }, body.incident);
      const text = body.text.replace(/^\/incident\b\s*/, '') || 'help';
      const { actor, person, role } = who;
      const by = { person, actor, role, room: null, here: about?.number ?? null };
      const { message, visible } = await deps.dispatch.runText(text, by);
      return { body: { text: plainMessage(message), message, visible } };
    },
  }),
];
