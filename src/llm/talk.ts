import type { z } from 'zod';

import { clean } from '#src/incident/text.ts';

import type { Ask } from './books.ts';
import type { Called, Caller, CallerParts } from './caller.ts';
import { cleanData } from './clean.ts';
import { Deadline } from './deadline.ts';
import { chainOf, type ModelChoice } from './door-settings.ts';
import type { About, Item, Talk, ToolCall, Turned } from './door.ts';
import { instructions } from './instructions.ts';
import { formFor, judge, withCleanTexts, type Judged } from './judge.ts';
import type { JsonSchema, ModelReply, ModelTool, ModelTurn, UserPart } from './model.ts';
import { Redaction } from './redact.ts';
import { said, urlsIn } from './said.ts';
import { strictSchema } from './strict-schema.ts';
import type { Inquiry } from './task.ts';

/** For all of an inquiry, where who asks does not say. */
const TALK_MS = 300_000;
/** Of one turn: the first because it must, the second because the first failed or was of no use. */
const MOST_REQUESTS = 2;

type Parts = CallerParts & { readonly caller: Caller };

/** Begins an inquiry. Nothing is asked until something is said in it. Never throws. */
export function startTalk(parts: Parts, inquiry: Inquiry, about: About): Talk {
  const talking = new Talking(parts, inquiry, about);
  return {
    say: async (items, answer) => await talking.say(items, answer),
    used: () => talking.used,
  };
}

class Talking {
  readonly #parts: Parts;
  readonly #inquiry: Inquiry;
  readonly #about: About;
  readonly #end: number;
  /** One for all of it, so that a placeholder stands for the same in every turn. */
  readonly #redaction: Redaction;
  /** Addresses that were told until now. */
  readonly #urls = new Set<string>();
  #chain: readonly ModelChoice[];
  #turns: readonly ModelTurn[] = [];
  /** What the model asked for last, and was not answered yet. */
  #open: readonly string[] = [];
  #ended: string | null = null;
  #used: ReturnType<Talk['used']> = { turns: 0, tokens: 0, usd: 0, model: null };

  constructor(parts: Parts, inquiry: Inquiry, about: About) {
    this.#parts = parts;
    this.#inquiry = inquiry;
    this.#about = about;
    this.#redaction = parts.newRedaction?.() ?? new Redaction();
    this.#end = performance.now() + (about.deadlineMs ?? TALK_MS);
    this.#chain = chainOf(parts.settings, inquiry);
  }

  get used(): ReturnType<Talk['used']> {
    return this.#used;
  }

  async say<O>(items: readonly Item[], answer?: z.ZodType<O>): Promise<Turned<O>> {
    const held = this.#ended ?? this.#parts.egress.mayLeave(this.#about);
    if (held !== null) return this.#over(held);
    const deadline = new Deadline(Math.max(0, this.#end - performance.now()), this.#about.signal);
    try {
      return await this.#say(items, answer, deadline);
    } catch (error) {
      this.#parts.log.error({ err: error, task: this.#inquiry.name }, 'An inquiry broke off');
      return this.#over('the inquiry broke off');
    } finally {
      deadline.stop();
    }
  }

  async #say<O>(
    items: readonly Item[],
    answer: z.ZodType<O> | undefined,
    deadline: Deadline,
  ): Promise<Turned<O>> {
    const before = { ...this.#redaction.removed };
    const parts = this.#partsOf(items);
    const form = answer ? formFor(answer, this.#redaction) : null;
    const removed = difference(this.#redaction.removed, before);
    const judged = (reply: ModelReply): Judged<O | null> =>
      answer
        ? judge(reply, { schema: answer, fault: () => null, trusted: this.#trusted }, this.#redaction)
        : judgeTurn(reply);
    let turns: readonly ModelTurn[] = [...this.#turns, { role: 'user', parts }];
    let left = MOST_REQUESTS;
    let isRepair = false;
    for (;;) {
      const told = parts.map(({ text }) => text).join('\n');
      const ask = this.#ask(turns, form, { told, removed, isRepair });
      const { called, requests } = await this.#call(ask, { deadline, most: left }, judged);
      if (!called.ok) return this.#over(called.why);
      this.#count(called);
      left -= requests;
      const { judged: found, reply } = called;
      const answered: ModelTurn = { role: 'assistant', content: reply.content };
      if (found.verdict === 'accepted') {
        this.#turns = [...turns, answered];
        return this.#heard(reply, found.value);
      }
      if (left <= 0 || found.fault === null || reply.text.trim() === '') return this.#over(found.why);
      turns = [...turns, answered, { role: 'user', parts: [{ type: 'text', text: found.fault }] }];
      isRepair = true;
    }
  }

  /** The next model of the chain only before anything was answered: no other one understands what this one said. */
  async #call<O>(
    ask: Ask,
    { deadline, most }: { readonly deadline: Deadline; readonly most: number },
    judged: (reply: ModelReply) => Judged<O>,
  ): Promise<{ readonly called: Called<O>; readonly requests: number }> {
    const [choice, ...others] = this.#chain;
    if (!choice) return { called: NO_MODEL, requests: 0 };
    const made = await this.#parts.caller.insist(ask, { choice, deadline, most }, judged);
    const isOver = made.called.ok || !made.called.mayElsewhere || others.length === 0;
    if (isOver || this.#turns.length > 0) return made;
    this.#chain = others;
    return await this.#call(ask, { deadline, most: 1 }, judged);
  }

  #ask(
    turns: readonly ModelTurn[],
    answer: JsonSchema | null,
    more: Pick<Ask, 'told' | 'removed' | 'isRepair'>,
  ): Ask {
    const { system, maxTokens, tools } = this.#inquiry;
    return {
      ...more,
      task: this.#inquiry,
      about: this.#about,
      request: {
        system: instructions(system),
        tools: tools.map(toolOf),
        mayUseTools: answer === null,
        turns: marked(turns),
        answer,
        maxTokens,
      },
    };
  }

  /** Results first, as the API wants them, and one for everything that was asked for. */
  #partsOf(items: readonly Item[]): readonly UserPart[] {
    const results = items.filter((it) => it.type === 'result');
    const given = this.#open.map((id): UserPart => {
      const result = results.find((it) => it.id === id);
      return result
        ? { type: 'result', id, text: this.#told(result.data), isError: result.isError }
        : { type: 'result', id, text: '"this was not looked up"', isError: true };
    });
    const texts = items.flatMap((it): UserPart[] => {
      if (it.type === 'result') return [];
      return [{ type: 'text', text: it.type === 'data' ? this.#told(it.data) : it.text }];
    });
    const all = [...given, ...texts];
    return all.length > 0 ? all : [{ type: 'text', text: 'Go on.' }];
  }

  #told(data: Parameters<typeof cleanData>[0]): string {
    const cleaned = cleanData(data);
    urlsIn(cleaned).forEach((it) => this.#urls.add(it));
    return JSON.stringify(this.#redaction.redact(cleaned));
  }

  get #trusted() {
    return { urls: this.#urls, hosts: new Set(this.#parts.settings.linkHosts) };
  }

  #heard<O>(reply: ModelReply, value: O | null): Turned<O> {
    this.#open = reply.calls.map(({ id }) => id);
    const calls = reply.calls.map(({ id, name, input }): ToolCall => {
      const tool = this.#inquiry.tools.find((it) => it.name === name);
      const read = tool?.input.safeParse(withCleanTexts(this.#redaction.restore(input)));
      return { id, name: clean(name), input: read?.success ? read.data : null };
    });
    return { ok: true, calls, text: said(this.#redaction.reveal(reply.text), this.#trusted), value };
  }

  #count({ reply: { usage }, model, usd }: Extract<Called<unknown>, { ok: true }>): void {
    const { turns, tokens, usd: before } = this.#used;
    const more = usage
      ? usage.input + usage.cacheWrite5m + usage.cacheWrite1h + usage.cacheRead + usage.output
      : 0;
    const sum = usd === null || before === null ? null : before + usd;
    this.#used = { turns: turns + 1, tokens: tokens + more, usd: sum, model };
  }

  #over(why: string): { readonly ok: false; readonly why: string } {
    this.#ended = why;
    return { ok: false, why };
  }
}

const NO_MODEL = { ok: false, why: 'no model is set up', againInMs: null, mayElsewhere: false } as const;

function judgeTurn(reply: ModelReply): Judged<null> {
  if (reply.stop === 'tools' && reply.calls.length > 0) return ACCEPTED;
  if (reply.stop === 'done' && (reply.text.trim() !== '' || reply.calls.length > 0)) return ACCEPTED;
  if (reply.stop === 'cut') return { verdict: 'cut', why: 'its turn was cut off', fault: null };
  if (reply.stop === 'refused') return { verdict: 'refused', why: 'the model refused', fault: null };
  return { verdict: 'invalid', why: 'it said nothing that can be used', fault: null };
}

const ACCEPTED = { verdict: 'accepted', value: null, raw: null } as const;

function toolOf({ name, description, input }: Inquiry['tools'][number]): ModelTool {
  return { name, description, input: strictSchema(input) };
}

/**
 * Marked is the end of the first thing said, and of the last two: what comes again in the next turn is then
 * read from the cache. With the one after the instructions that is all that the API allows.
 */
function marked(turns: readonly ModelTurn[]): readonly ModelTurn[] {
  const ours = turns.filter((it) => it.role === 'user');
  const ends = new Set([ours[0], ...ours.slice(-2)]);
  return turns.map((turn) => {
    if (turn.role !== 'user' || !ends.has(turn)) return turn;
    const parts = turn.parts.map((part, index) =>
      index === turn.parts.length - 1 ? { ...part, mark: true } : part,
    );
    return { ...turn, parts };
  });
}

function difference(
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const changed = Object.entries(after).map(([kind, count]) => [kind, count - (before[kind] ?? 0)] as const);
  return Object.fromEntries(changed.filter(([, count]) => count > 0));
}
