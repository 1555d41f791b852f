import { arg } from '#src/chat/args.ts';
import { refusalMessage } from '#src/chat/ask-message.ts';
import { QUESTION_MAX, understand } from '#src/chat/ask.ts';
import { defineCommand, tellYou, type CommandContext, type Reply } from '#src/chat/command.ts';
import { digestsFor } from '#src/chat/look-digests.ts';
import { bold, code, moment, say, type Inline, type Part } from '#src/chat/message.ts';
import { queryOf } from '#src/chat/query.ts';
import { keepDigest, stopDigest } from '#src/engine/digests.ts';
import { UserError } from '#src/errors.ts';
import { sayRepeat, type Repeat } from '#src/questions/repeat.ts';

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const EVERY = ['day', ...DAYS, 'month'] as const;

export const digest = defineCommand({
  name: 'digest',
  aliases: ['digests'],
  summary: 'Hear the answer to a question every day, week or month, or stop that',
  group: 'Look deeper',
  examples: [
    'digest',
    'digest how many incidents per team last week? --every monday',
    'digest which rules are the noisiest yesterday? --every day --at 08:30 --here yes',
    'digest stop 3f2a9c01',
  ],
  allow: 'viewer',
  args: {
    question: arg.optional(
      arg.text('The question; yours that are asked again when left out, and `stop` ends one', {
        max: QUESTION_MAX,
      }),
    ),
    every: arg.optional(arg.choice('How often: day, a weekday, or month for its first day', EVERY)),
    at: arg.optional(arg.word('At what time of your clocks, like 09:00, which it is when left out')),
    here: arg.optional(arg.choice('Whether it is said in this room, and not to you alone', ['yes', 'no'])),
    query: arg.optional(arg.text('A query as an earlier answer has it', { max: 4000 })),
  },

  async run(ctx, { question, every = 'monday', at = '09:00', here = 'no', query }) {
    const stop = /^(?:stop|remove|end)\s+(\S+)$/i.exec(question ?? '');
    if (stop) return await stopped(ctx, stop[1] ?? '');
    if (question === undefined || /^list$/i.test(question)) return tellYou(await listed(ctx));
    const { person } = ctx;
    if (!person) {
      throw new UserError('bad_arguments', 'This key belongs to nobody, so there is nobody to tell.');
    }
    const read =
      query === undefined ? await understand(ctx, question) : { ok: true as const, spec: queryOf(query) };
    if (!read.ok) return tellYou(refusalMessage(read));
    if (here === 'yes' && !ctx.room) {
      throw new UserError('bad_arguments', 'Say it in the room where it is to be heard.', { field: 'here' });
    }
    const repeat = { ...repeatOf(every), atTime: timeOf(at) };
    const room = here === 'yes' ? ctx.room : null;
    const row = await keepDigest(ctx, person, { question, spec: read.spec, room, ...repeat });
    const where = room ? 'in this room, without private incidents' : 'to you alone';
    return tellYou(
      say(
        [
          `I say ${sayRepeat(row)}, ${where}: `,
          bold(question),
          '. The next time is ',
          moment(row.nextAt),
          '.',
        ],
        stopButton(row.id),
      ),
    );
  },
});

function repeatOf(every: (typeof EVERY)[number]): Pick<Repeat, 'every' | 'day'> {
  if (every === 'day') return { every, day: null };
  if (every === 'month') return { every, day: 1 };
  return { every: 'week', day: DAYS.indexOf(every) + 1 };
}

/** `9:00` is `09:00`. */
function timeOf(text: string): string {
  const found = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (found) return `${(found[1] ?? '').padStart(2, '0')}:${found[2] ?? ''}`;
  throw new UserError('bad_arguments', 'Write the time like 09:00.', { field: 'at' });
}

async function stopped(ctx: CommandContext, id: string): Promise<Reply> {
  const row = await stopDigest(ctx, id);
  return tellYou(say([bold(row.question), ' is not asked again.']));
}

async function listed(ctx: CommandContext) {
  const rows = await digestsFor(ctx);
  if (rows.length === 0) {
    return say([
      'No question of yours is asked again. ',
      code('digest how many incidents last week? --every monday'),
      ' does it.',
    ]);
  }
  const parts = rows.flatMap((it): Part[] => {
    const where = it.room === null ? '' : ', in a room';
    const text: Inline[] = [bold(it.question), ` ${sayRepeat(it)}${where}, next `, moment(it.nextAt)];
    return [{ type: 'text', text }, stopButton(it.id)];
  });
  return say([bold('Questions that are asked again')], ...parts);
}

function stopButton(id: string): Part {
  const button = {
    label: 'Stop',
    command: 'digest',
    args: { question: `stop ${id}` },
    style: 'plain',
  } as const;
  return { type: 'buttons', buttons: [button] };
}
