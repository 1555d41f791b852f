import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou, type CommandContext, type Reply } from '#src/chat/command.ts';
import { tellDuty } from '#src/chat/duty-tell.ts';
import { scheduleNames } from '#src/chat/look-on-call.ts';
import { allNames } from '#src/chat/look.ts';
import { bold, moment, say } from '#src/chat/message.ts';
import { nameIn } from '#src/chat/names.ts';
import { askedToSwap } from '#src/chat/swap-words.ts';
import { agreeToSwap, declineSwap, offerInstead, takeBackSwap } from '#src/engine/swap.ts';
import { UserError } from '#src/errors.ts';

const ANSWERS = ['yes', 'no', 'instead', 'back'] as const;

export const answerSwap = defineCommand({
  name: 'answer-swap',
  summary: 'Agree to a swap of shifts, refuse it, offer another shift instead, or take it back',
  group: 'Be on call',
  examples: [
    'answer-swap --request 3f9c12ab --answer yes',
    'answer-swap --request 3f9c12ab --answer instead --shift 2026-03-09T09:00Z',
  ],
  allow: 'responder',
  args: {
    request: arg.word('The id of the request'),
    answer: arg.choice('Yes, no, instead (with another shift of yours), or back, to take it back', ANSWERS),
    shift: arg.optional(arg.after(['with'], arg.when('When the shift that you offer instead begins'))),
  },

  async run(ctx, { request: id, answer, shift }) {
    return await ANSWER[answer](ctx, id, shift);
  },
});

type Answer = (ctx: CommandContext, id: string, shift: Date | undefined) => Promise<Reply>;

const ANSWER: Record<(typeof ANSWERS)[number], Answer> = {
  async yes(ctx, id) {
    const { schedule, person, startsAt, endsAt } = await agreeToSwap(ctx, id, tellDuty);
    const who = nameIn(await allNames(ctx), person);
    const name = bold(nameIn(await scheduleNames(ctx), schedule));
    const text = [`You swapped with ${who}: you are on call for `, name, ' from ', moment(startsAt), ' to '];
    const args = { request: id, answer: 'back' };
    return tellYou(
      say([...text, moment(endsAt), '.'], {
        type: 'buttons',
        buttons: [{ label: 'Take it back', command: 'answer-swap', args, style: 'plain' }],
      }),
    );
  },
  async no(ctx, id) {
    await declineSwap(ctx, id, tellDuty);
    return tellYou(say('You said no; who asked is told, and everything stays as it is.'));
  },
  async instead(ctx, id, shift) {
    if (!shift) {
      throw new UserError('bad_arguments', 'Say when the shift that you offer begins.', { field: 'shift' });
    }
    const request = await offerInstead(ctx, id, shift, tellDuty);
    const who = nameIn(await allNames(ctx), request.other);
    return tellYou(say(...askedToSwap(request, who, nameIn(await scheduleNames(ctx), request.schedule))));
  },
  async back(ctx, id) {
    const { answer } = await takeBackSwap(ctx, id, tellDuty);
    return tellYou(
      say(
        answer === 'agreed'
          ? 'The swap is taken back: both have their own shifts again.'
          : 'Nobody is asked to swap any more.',
      ),
    );
  },
};
