import { arg } from '#src/chat/args.ts';
import { defineCommand, tellAll } from '#src/chat/command.ts';
import { muteNamed } from '#src/chat/look-mutes.ts';
import { bold, say } from '#src/chat/message.ts';
import { count } from '#src/chat/names.ts';
import { unmute as unmuteAlerts } from '#src/engine/mute.ts';
import { sayMuted } from '#src/incident/muting.ts';

export const unmute = defineCommand({
  name: 'unmute',
  summary: 'Hear muted alerts again; what fires still opens an incident at once',
  group: 'Be on call',
  examples: ['unmute checkout', 'unmute INC-42', 'unmute 3f9c12ab'],
  allow: 'responder',
  args: { what: arg.word('What is muted, or the id that mute-list shows', { max: 250 }) },

  async run(ctx, { what }) {
    const { id, silenced, ...held } = await muteNamed(ctx, what);
    await unmuteAlerts(ctx, id);
    const many =
      silenced === 0
        ? 'Nothing was silenced.'
        : `${count(silenced, 'message')} of alerts had been silenced; what fires still opens an incident now.`;
    return tellAll(say([bold(sayMuted(held)), ` is heard again. ${many}`]));
  },
});
