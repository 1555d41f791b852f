import { Answers } from './answers.ts';
import { sha256, type Ask } from './books.ts';
import { Caller, type CallerParts } from './caller.ts';
import { cleanData } from './clean.ts';
import { Deadline, orCut } from './deadline.ts';
import { chainOf, type DoorSettings, type ModelChoice } from './door-settings.ts';
import type { About, Answer, Door } from './door.ts';
import { instructions } from './instructions.ts';
import { formFor, judge, judgeValue, type Wanted } from './judge.ts';
import type { JsonSchema, ModelReply, ModelTurn } from './model.ts';
import { Redaction } from './redact.ts';
import { urlsIn } from './said.ts';
import { startTalk } from './talk.ts';
import type { Task } from './task.ts';

/** Two requests of one question with one model: the second because the first failed, or because its answer was of no use. */
const MOST_REQUESTS = 2;
/** What the first model of a chain may take of the time, so that the next has some. */
const SHARE = 0.6;

/**
 * The way to the models that are configured. In this order: may it leave; has it been answered within the
 * hour; is the model left alone; whose turn is it; do the budgets allow it; ask; write down what it cost;
 * does the answer hold; if not, ask once more; else rules.
 */
export function openDoor(parts: CallerParts): Door {
  const caller = new Caller(parts);
  const answers = new Answers(parts.ledger, parts.now);
  const { settings, egress, log } = parts;
  return {
    isOpen: true,
    async ask(task, input, about) {
      const held = egress.mayLeave(about);
      if (held !== null) return byRules(task, input, held);
      const deadline = new Deadline(Math.min(task.deadlineMs, about.deadlineMs ?? Infinity), about.signal);
      try {
        const asking = new Asking({ ...parts, caller, answers }, task, input, about);
        return await asking.along(chainOf(settings, task), deadline);
      } catch (error) {
        log.error({ err: error, task: task.name }, 'A question could not be put to a model');
        return byRules(task, input, 'the question could not be put');
      } finally {
        deadline.stop();
      }
    },
    open: (inquiry, about) => startTalk({ ...parts, caller }, inquiry, about),
    setup: () => ({ models: modelsOf(settings, caller), budgets: settings.budgets }),
  };
}

type SetUp = ReturnType<NonNullable<Door['setup']>>['models'][number];

function modelsOf({ sizes, tasks }: DoorSettings, caller: Caller): readonly SetUp[] {
  const found = new Map<string, SetUp>();
  for (const [name, chain] of Object.entries({ ...sizes, ...tasks })) {
    for (const [index, choice] of chain.entries()) {
      const { provider, model } = choice;
      const key = `${provider} ${model}`;
      const known = found.get(key) ?? {
        provider,
        model,
        asked: [],
        standsIn: [],
        state: caller.stateOf(choice),
        mayBeAsked: caller.mayAsk(choice),
      };
      const more = index === 0 ? { asked: [...known.asked, name] } : { standsIn: [...known.standsIn, name] };
      found.set(key, { ...known, ...more });
    }
  }
  return [...found.values()];
}

interface Parts extends CallerParts {
  readonly caller: Caller;
  readonly answers: Answers;
}

/** One question, until it is answered. */
class Asking<I, O> {
  readonly #parts: Parts;
  readonly #task: Task<I, O>;
  readonly #input: I;
  readonly #about: About;
  readonly #redaction: Redaction;
  readonly #told: string;
  readonly #form: JsonSchema;
  readonly #wanted: Wanted<O>;

  constructor(parts: Parts, task: Task<I, O>, input: I, about: About) {
    this.#parts = parts;
    this.#task = task;
    this.#input = input;
    this.#about = about;
    this.#redaction = parts.newRedaction?.() ?? new Redaction();
    const data = cleanData(task.data(input));
    this.#told = JSON.stringify(this.#redaction.redact(data));
    const schema = task.answer(input);
    this.#form = formFor(schema, this.#redaction);
    const trusted = { urls: new Set(urlsIn(data)), hosts: new Set(parts.settings.linkHosts) };
    this.#wanted = { schema, fault: (value) => task.fault?.(value, input) ?? null, trusted };
  }

  /** One model after the other, as long as the time lasts. */
  async along(chain: readonly ModelChoice[], deadline: Deadline): Promise<Answer<O>> {
    let why = 'no model is set up';
    for (const [index, choice] of chain.entries()) {
      const isLast = index === chain.length - 1;
      const own = deadline.part(isLast ? 1 : SHARE);
      try {
        const said = await this.#with(choice, own, index === 0 ? MOST_REQUESTS : 1);
        if (said.answer) return said.answer;
        why = said.why;
        if (!said.mayElsewhere || deadline.signal.aborted) break;
      } finally {
        own.stop();
      }
    }
    return byRules(this.#task, this.#input, why);
  }

  async #with(choice: ModelChoice, deadline: Deadline, most: number): Promise<Said<O>> {
    const key = this.#keyOf(choice);
    const again = await this.#again(key, choice, deadline);
    if (again) return { answer: again };
    const judged = (reply: ModelReply) => judge(reply, this.#wanted, this.#redaction);
    let left = most;
    let turns = firstOf(this.#told);
    let isRepair = false;
    for (;;) {
      const way = { choice, deadline, most: left };
      const { called, requests } = await this.#parts.caller.insist(this.#ask(turns, isRepair), way, judged);
      if (!called.ok) return { answer: null, why: called.why, mayElsewhere: called.mayElsewhere };
      left -= requests;
      const { id, model, judged: found, reply } = called;
      if (found.verdict === 'accepted') {
        await this.#keep(key, model, found.raw, deadline);
        return { answer: { value: found.value, source: 'model', model, why: null, call: id } };
      }
      if (left === 0 || found.fault === null) return { answer: null, why: found.why, mayElsewhere: false };
      turns = repairOf(this.#told, reply, found.fault);
      isRepair = true;
    }
  }

  #ask(turns: readonly ModelTurn[], isRepair: boolean): Ask {
    const { system, maxTokens } = this.#task;
    return {
      task: this.#task,
      about: this.#about,
      request: {
        system: instructions(system),
        tools: [],
        mayUseTools: false,
        turns,
        answer: this.#form,
        maxTokens,
      },
      isRepair,
      told: this.#told,
      removed: this.#redaction.removed,
    };
  }

  /** Everything that the answer depends on. */
  #keyOf({ provider, model, effort }: ModelChoice): string {
    const { name, version, system, effort: own } = this.#task;
    return sha256(
      JSON.stringify([provider, model, effort ?? own, name, version, system, this.#form, this.#told]),
    );
  }

  /** An answer of before, where it still holds. What it holds against may have changed: it is judged again. */
  async #again(
    key: string,
    { provider, model }: ModelChoice,
    { signal }: Deadline,
  ): Promise<Answer<O> | null> {
    const { answers, log, caller } = this.#parts;
    if (!this.#task.isCached) return null;
    const found = await orCut(signal, answers.find(key)).catch((error: unknown) => {
      log.error({ err: error }, 'Answers of before could not be looked up');
      return null;
    });
    const judged = found && judgeValue(found.value, this.#wanted, this.#redaction);
    if (judged?.verdict !== 'accepted') return null;
    const { name: task, version } = this.#task;
    caller.books.reused({ task, version, provider, model, inputHash: key }, this.#about);
    return { value: judged.value, source: 'cache', model, why: null, call: null };
  }

  async #keep(key: string, model: string, value: unknown, { signal }: Deadline): Promise<void> {
    const { answers, log } = this.#parts;
    if (!this.#task.isCached) return;
    await orCut(signal, answers.keep(key, { value, model })).catch((error: unknown) => {
      log.error({ err: error }, 'An answer could not be kept for the next that ask the same');
    });
  }
}

type Said<O> =
  | { readonly answer: Answer<O> }
  | { readonly answer: null; readonly why: string; readonly mayElsewhere: boolean };

function firstOf(told: string): readonly ModelTurn[] {
  return [{ role: 'user', parts: [{ type: 'text', text: told }] }];
}

/** What it said and what is wrong with it; where it said nothing, only that. */
function repairOf(told: string, reply: ModelReply, fault: string): readonly ModelTurn[] {
  const wrong = { type: 'text', text: fault } as const;
  if (reply.text.trim() === '') return [{ role: 'user', parts: [{ type: 'text', text: told }, wrong] }];
  return [...firstOf(told), { role: 'assistant', content: reply.content }, { role: 'user', parts: [wrong] }];
}

function byRules<I, O>(task: Task<I, O>, input: I, why: string): Answer<O> {
  return { value: task.fallback(input), source: 'rules', model: null, why, call: null };
}
