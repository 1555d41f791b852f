import type { About, Door, Item, Talk, ToolCall } from './door.ts';
import { FIRST_WORDS, inquiryOf, LAST_WORDS, STEERED, Verdict } from './investigate-words.ts';
import type { Data } from './task.ts';
import type { Finding } from './tools/sight.ts';
import { failureOf, toldFinding, toldOf, type Found, type Scope, type Tool } from './tools/tool.ts';
import { verify, type Hypothesis } from './verify.ts';

/** What is known before a model looks at anything. */
export interface Brief {
  /** The incident itself: its title, severity, times. */
  readonly incident: Data;
  /** What rules take for the cause, the most likely first. */
  readonly rules: Data;
  /** What that rests on. */
  readonly evidence: readonly Finding[];
  /** Where people asked to look, before it began. */
  readonly notes: readonly string[];
}

/** How far one investigation may go. */
export interface InvestigationLimits {
  /** Turns, the verdict included. */
  readonly turns: number;
  /** Of the turns until the verdict is asked for. */
  readonly tokens: number;
  readonly usd: number;
  /** Milliseconds until the verdict is asked for. */
  readonly ms: number;
  /** Tools used in one turn. */
  readonly callsAtOnce: number;
}

export const INVESTIGATION_LIMITS: InvestigationLimits = {
  turns: 12,
  tokens: 300_000,
  usd: 1.5,
  ms: 240_000,
  callsAtOnce: 6,
};

/** One look of a model at something. */
export interface Step {
  readonly at: Date;
  readonly tool: string;
  /** In words of ours: `6 findings`, or why there are none. */
  readonly outcome: string;
}

/** Told of every turn as it happens. */
export interface Watch {
  /** Answers where people asked to look since the last turn; null: it is to stop. */
  looked(steps: readonly Step[]): Promise<readonly string[] | null>;
}

export interface Investigation {
  readonly door: Door;
  readonly about: About;
  readonly tools: readonly Tool[];
  readonly scope: Scope;
  readonly brief: Brief;
  readonly limits: InvestigationLimits;
  readonly now: () => Date;
  readonly watch: Watch;
}

/** What came of it. `none`: no model answered, and `why` says so as a clause. No hypothesis: the cause is unknown. */
export type Investigated = { readonly used: ReturnType<Talk['used']> } & (
  | { readonly end: 'none'; readonly why: string }
  | { readonly end: 'stopped' }
  | {
      readonly end: 'done';
      readonly hypotheses: readonly Hypothesis[];
      readonly dropped: number;
      /** What the hypotheses cite, by its id. */
      readonly cited: readonly Finding[];
    }
);

/**
 * Has a model look into an incident with tools that only read, turn by turn until it has seen enough or a limit is
 * reached, and then asks for a verdict. Nobody gets to read a claim that is not proved.
 */
export async function investigate(it: Investigation): Promise<Investigated> {
  const tools = it.tools.filter((tool) => tool.isThere(it.scope.outside));
  const talk = it.door.open(inquiryOf(tools), it.about);
  const sent = new Map(it.brief.evidence.map((finding) => [finding.id, finding]));
  const until = it.now().getTime() + it.limits.ms;
  const isOver = () => isSpent(talk, it.limits) || it.now().getTime() >= until;
  let items: readonly Item[] = opening(it.brief);
  for (let turn = 1; turn < it.limits.turns; turn += 1) {
    const turned = await talk.say(items);
    items = [];
    if (!turned.ok) return { end: 'none', why: turned.why, used: talk.used() };
    if (turned.calls.length === 0) break;
    const answers = await answerAll(turned.calls, tools, it);
    for (const finding of answers.flatMap(({ found }) => found?.findings ?? [])) {
      sent.set(finding.id, finding);
    }
    const notes = await it.watch.looked(answers.map(({ step }) => step));
    if (notes === null) return { end: 'stopped', used: talk.used() };
    items = [...answers.map(({ item }) => item), ...steering(notes)];
    if (isOver()) break;
  }
  const last = await talk.say([...items, { type: 'instruction', text: LAST_WORDS }], Verdict);
  if (!last.ok) return { end: 'none', why: last.why, used: talk.used() };
  if (last.value === null) return { end: 'none', why: 'its answer could not be used', used: talk.used() };
  return { ...(await proved(last.value, sent, it)), used: talk.used() };
}

async function proved(
  verdict: Verdict,
  sent: ReadonlyMap<string, Finding>,
  { scope: { sight, window } }: Investigation,
): Promise<Pick<Extract<Investigated, { end: 'done' }>, 'end' | 'hypotheses' | 'dropped' | 'cited'>> {
  const claimed = verdict.hypotheses.flatMap((it) => [...it.evidence_ids, ...it.counter_evidence_ids]);
  const known = [...new Set(claimed)].filter((id) => sent.has(id));
  const [visible, edges] = await Promise.all([sight.visible(known), sight.dependencies()]);
  const { hypotheses, dropped } = verify(verdict, { sent, window, edges, visible });
  const ids = new Set(hypotheses.flatMap(({ evidence, against }) => [...evidence, ...against]));
  return { end: 'done', hypotheses, dropped, cited: [...ids].flatMap((id) => sent.get(id) ?? []) };
}

function isSpent(talk: Talk, { tokens, usd }: InvestigationLimits): boolean {
  const used = talk.used();
  return used.tokens >= tokens || (used.usd ?? 0) >= usd;
}

function opening({ incident, rules, evidence, notes }: Brief): Item[] {
  const data = { incident, found_by_rules: rules, evidence: evidence.map(toldFinding) };
  return [{ type: 'data', data }, { type: 'instruction', text: FIRST_WORDS }, ...steering(notes)];
}

function steering(notes: readonly string[]): Item[] {
  if (notes.length === 0) return [];
  return [
    { type: 'data', data: { asked_by_people: notes } },
    { type: 'instruction', text: STEERED },
  ];
}

interface Answered {
  readonly item: Item;
  readonly step: Step;
  readonly found: Found | null;
}

async function answerAll(
  calls: readonly ToolCall[],
  tools: readonly Tool[],
  it: Investigation,
): Promise<Answered[]> {
  return await Promise.all(
    calls.map(async (call, at) =>
      at < it.limits.callsAtOnce
        ? await answer(call, tools, it)
        : failed(call, `at most ${it.limits.callsAtOnce} tools are used at once; ask again`, it),
    ),
  );
}

async function answer(call: ToolCall, tools: readonly Tool[], it: Investigation): Promise<Answered> {
  const tool = tools.find(({ name }) => name === call.name);
  if (!tool) return failed(call, 'there is no such tool', it);
  try {
    const found = await tool.run(call.input, it.scope);
    const count = found.findings.length;
    return {
      item: { type: 'result', id: call.id, data: toldOf(found), isError: false },
      step: { at: it.now(), tool: tool.name, outcome: count === 1 ? '1 finding' : `${count} findings` },
      found,
    };
  } catch (error) {
    return failed(call, failureOf(error), it, tool.name);
  }
}

/** A tool that is not there has no name that could be shown: a model wrote it. */
function failed(call: ToolCall, why: string, { now }: Investigation, tool = 'unknown'): Answered {
  return {
    item: { type: 'result', id: call.id, data: { error: why }, isError: true },
    step: { at: now(), tool, outcome: why },
    found: null,
  };
}
