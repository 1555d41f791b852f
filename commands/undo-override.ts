import { arg } from '#src/chat/args.ts';
import { defineCommand, tellAll } from '#src/chat/command.ts';
import { tellDuty } from '#src/chat/duty-tell.ts';
import { scheduleNames } from '#src/chat/look-on-call.ts';
import { bold, moment, say } from '#src/chat/message.ts';
import { takeBackOverride } from '#src/engine/override.ts';

export const undoOverride = defineCommand({
  name: 'undo-override',
  summary: 'Take back an override of an on-call schedule',
  group: 'Be on call',
  examples: ['undo-override 3f9c12ab'],
  allow: 'responder',
  args: { override: arg.word('The id of the override, as `schedule` shows it') },

  async run(ctx, { override: id }) {
    const { schedule, override } = await takeBackOverride(ctx, id, tellDuty);
    const name = (await scheduleNames(ctx)).get(schedule) ?? schedule;
    const times = [' from ', moment(override.start), ' to ', moment(override.end)];
    return tellAll(
      say(['The override of ', bold(name), ...times, ' is taken back: the layers say again who is on call.']),
    );
  },
});
