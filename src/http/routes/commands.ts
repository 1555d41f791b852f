import { z } from 'zod';

import { plainMessage, type Message } from '#src/chat/message.ts';
import { findIncident } from '#src/db/incidents.ts';
import { roomsOf } from '#src/db/rooms.ts';
import { UserError } from '#src/errors.ts';

import type { HttpDeps } from '../deps.ts';
import { route } from '../route.ts';

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
        .meta({ description: 'As if it were said in the room of this incident.' }),
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
      const room = body.incident === undefined ? null : await roomOf(deps, body.incident);
      const text = body.text.replace(/^\/incident\b\s*/, '') || 'help';
      const { actor, person, role } = who;
      const { message, visible } = await deps.dispatch.runText(text, { person, actor, role, room });
      return { body: { text: plainMessage(message), message, visible } };
    },
  }),
];

/** The built-in chat's room where there are several: it is the one that is always there. */
async function roomOf(deps: HttpDeps, ref: string) {
  const { number } = await findIncident(deps.db, ref);
  const rooms = await roomsOf(deps.db, number);
  const room = rooms.find((it) => it.platform === 'web') ?? rooms[0];
  if (room) return { platform: room.platform, id: room.room };
  throw new UserError(
    'conflict',
    `INC-${number} has no room yet. Name it in the command instead, such as: ack INC-${number}.`,
    { retryAfterS: 1 },
  );
}
