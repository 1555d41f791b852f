import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou, type CommandContext } from '#src/chat/command.ts';
import { modelUse, modelUseOf, sumOf, type ModelUse } from '#src/chat/look-models.ts';
import { bold, moment, type Inline, type Part } from '#src/chat/message.ts';
import { count, list } from '#src/chat/names.ts';
import type { TaskSpend } from '#src/db/model-figures.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';
import type { DoorSetup } from '#src/llm/door.ts';
import { selfTest } from '#src/llm/self-test.ts';
import { SIZES } from '#src/llm/task.ts';

/** The most calls of one incident in a message. */
const SHOWN = 15;

export const ai = defineCommand({
  name: 'ai',
  aliases: ['models'],
  summary: 'See which models are set up, whether they answer, and what they cost',
  group: 'Put in order',
  examples: ['ai', 'ai INC-42', 'ai --check yes'],
  allow: 'responder',
  args: {
    incident: arg.optional(arg.incident('Of which incident, like INC-42', { among: STATUSES })),
    check: arg.optional(arg.choice('Whether each model is asked for a word now', ['yes', 'no'])),
  },

  async run(ctx, { incident, check }) {
    // Before, so that what it costs is in the figures.
    const answers = check === 'yes' && ctx.llm.isOpen ? [await checked(ctx)] : [];
    const use = await modelUse(ctx);
    const parts: Part[] = [
      { type: 'heading', text: 'Models' },
      ...setupParts(use),
      ...answers,
      ...spendParts(use),
      ...(incident === undefined ? [] : await incidentParts(ctx, incident)),
    ];
    const { usd } = sumOf(use.today);
    const summary = use.setup ? `Models cost ${dollars(usd)} today` : 'No model is set up';
    return tellYou({ parts, summary, tone: 'info' });
  },
});

function setupParts({ setup, last }: ModelUse): Part[] {
  if (!setup) {
    return [
      {
        type: 'text',
        text: 'No model is set up, so rules answer everything. ANTHROPIC_API_KEY sets Claude up; `npm run doctor` says more.',
      },
    ];
  }
  const items = setup.models.map((it): Inline[] => {
    const known = last.find(({ model }) => model === it.model);
    return [
      bold(it.model),
      ` for ${list([...it.asked, ...it.standsIn.map((name) => `${name} where another fails`)])}: `,
      ...stateOf(it.state, known),
    ];
  });
  return [{ type: 'list', items }];
}

function stateOf(
  state: DoorSetup['models'][number]['state'],
  known: ModelUse['last'][number] | undefined,
): Inline[] {
  const failed: Inline[] =
    known?.failedAt && known.failedAt > (known.answeredAt ?? new Date(0))
      ? [`; the last request failed (${known.why ?? 'nobody knows why'}) `, moment(known.failedAt)]
      : [];
  if (state === 'open') return ['left alone for a minute after failures', ...failed];
  if (state === 'probing') return ['it is being found out whether it is back', ...failed];
  if (!known?.answeredAt) return failed.length > 0 ? [NO_ANSWER, ...failed] : ['not asked yet this month'];
  return ['answered last ', moment(known.answeredAt), ...failed];
}

const NO_ANSWER = 'has not answered this month';

/** Each size is asked for a word. It costs a little. */
async function checked(ctx: CommandContext): Promise<Part> {
  const about = { incident: null, isPrivate: false, priority: 'asked' } as const;
  const items = await Promise.all(
    SIZES.map(async (size): Promise<Inline[]> => {
      const start = performance.now();
      const answer = await ctx.llm.ask(selfTest(size), null, about);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      const said =
        answer.source === 'model' ? `${answer.model} answers, after ${seconds} s` : `no: ${answer.why}`;
      return [bold(size), ': ', said];
    }),
  );
  return { type: 'list', items };
}

function spendParts({ setup, today, month }: ModelUse): Part[] {
  const [day, whole] = [sumOf(today), sumOf(month)];
  if (whole.calls + whole.cached === 0) return [{ type: 'text', text: 'Nothing was asked this month.' }];
  const budget = setup ? ` of ${dollars(setup.budgets.dayUsd)}` : '';
  const isUsedUp = setup !== null && day.chargedUsd >= setup.budgets.dayUsd * ALMOST;
  return [
    {
      type: 'fields',
      fields: [
        { label: 'Today', value: `${dollars(day.usd)}${budget}${isUsedUp ? ', which is used up' : ''}` },
        { label: 'This month', value: dollars(whole.usd) },
        { label: 'Asked this month', value: countsOf(whole) },
        ...(setup
          ? [{ label: 'For one incident at the most', value: dollars(setup.budgets.incidentUsd) }]
          : []),
      ],
    },
    { type: 'list', items: month.map(taskLine) },
  ];
}

/** A request is stopped by what it could cost, so that the last cents are never spent. */
const ALMOST = 0.99;

async function incidentParts(ctx: CommandContext, incident: number): Promise<Part[]> {
  const { tasks, calls } = await modelUseOf(ctx, incident, SHOWN);
  const name = shortName(incident);
  if (calls.length === 0) return [{ type: 'text', text: `Nothing was asked about ${name}.` }];
  const lines = calls.map((it): Inline[] => {
    const cost = it.usd === null ? 'cost not known' : dollars(it.usd);
    return [
      moment(it.at),
      ` ${it.task}, ${it.model}: ${it.verdict ?? 'under way'}, ${cost}${it.why ? ` (${it.why})` : ''}`,
    ];
  });
  return [
    {
      type: 'text',
      text: [bold(`Asked about ${name}`), `: ${countsOf(sumOf(tasks))}, ${dollars(sumOf(tasks).usd)}`],
    },
    { type: 'list', items: lines },
  ];
}

function taskLine(it: TaskSpend): Inline[] {
  const unknown = it.unknown > 0 ? `, and ${count(it.unknown, 'request')} of which it is not known` : '';
  return [bold(it.task), `: ${countsOf(it)}, ${dollars(it.usd)}${unknown}`];
}

/** `12 requests, 3 of them of no use; 4 more from the cache (25 %)`. */
function countsOf({ calls, cached, used, underWay }: Omit<TaskSpend, 'task'>): string {
  const wasted = calls - used - underWay;
  const share = Math.round((100 * cached) / Math.max(1, calls + cached));
  const again = cached > 0 ? `; ${cached} more from the cache (${share} %)` : '';
  return `${count(calls, 'request')}${wasted > 0 ? `, ${wasted} of them of no use` : ''}${again}`;
}

function dollars(usd: number): string {
  const digits = usd !== 0 && usd < 0.01 ? 5 : 2;
  return `USD ${usd.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: digits })}`;
}
