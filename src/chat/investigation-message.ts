import type { InvestigationRow } from '#src/db/investigations.ts';
import type { StoredFinding, StoredStep } from '#src/db/schema-investigations.ts';
import { shortName } from '#src/incident/incident.ts';
import { shorten } from '#src/incident/text.ts';
import { plainLine, type Hypothesis } from '#src/llm/verify.ts';

import {
  bold,
  say,
  withTone,
  type Button,
  type Inline,
  type Message,
  type Part,
  type Text,
} from './message.ts';
import { count, list } from './names.ts';

/** What an investigation shows of itself. */
export interface InvestigationView {
  readonly row: InvestigationRow;
  /** A later one of the same incident is there, which is the one that people judge. */
  readonly isOld: boolean;
  /** Its looks are told one by one below the message; where there are no threads the last ones stand in it. */
  readonly hasThread: boolean;
}

/** Of a piece of evidence, in characters. */
const EVIDENCE_MAX = 160;
const MOST_EVIDENCE = 4;
const MOST_RULES = 3;
const LAST_STEPS = 3;

/** An investigation as the one message in its room, edited in place. It mentions nobody, whatever comes of it. */
export function investigationMessage(view: InvestigationView): Message {
  const { row } = view;
  const parts: Part[] = [
    ...row.hypotheses.flatMap((it, at) => hypothesisParts(it, at, row)),
    ...rulesParts(row),
    ...stepParts(view),
    { type: 'context', text: smallPrint(row) },
    ...buttonParts(view),
  ];
  return withTone(say(headline(row), ...parts), row.hypotheses.length > 0 ? 'info' : 'quiet');
}

/** The looks since the last time, as one line for the thread. */
export function stepsMessage(steps: readonly StoredStep[]): Message {
  const lines = steps.map(({ tool, outcome }) => `${TOOL_NAMES[tool] ?? 'Something unknown'}: ${outcome}`);
  return withTone(say(shorten(`Looked at ${lines.join('; ')}.`, 1500)), 'quiet');
}

/** What people read for the name of a tool. */
const TOOL_NAMES: Readonly<Record<string, string>> = {
  get_timeline: 'the timeline',
  get_alerts: 'alerts',
  get_changes: 'changes',
  get_dependencies: 'dependencies',
  get_similar_incidents: 'similar incidents',
  get_runbook: 'runbooks',
  query_prometheus: 'Prometheus',
  search_logs: 'logs',
  get_kubernetes: 'Kubernetes',
};

function headline({ incident, state, hypotheses }: InvestigationRow): Text {
  const name = shortName(incident);
  if (state === 'queued' || state === 'running') return [bold(`Looking for the cause of ${name}`)];
  if (state === 'stopped') return [bold(`The look for the cause of ${name} was stopped`)];
  if (state === 'failed') return [bold(`The cause of ${name}, by rules alone`)];
  const unproved = ': what was found does not prove any.';
  if (hypotheses.length === 0) return [bold(`The cause of ${name} is unknown`), unproved];
  return [bold(`Probable cause of ${name}`)];
}

function hypothesisParts(
  it: Hypothesis,
  at: number,
  { cited, hypotheses, verdicts }: InvestigationRow,
): Part[] {
  const place = hypotheses.length > 1 ? `${at + 1}. ` : '';
  const verdict = verdicts[at + 1];
  const judged = verdict
    ? ` · ${verdict.says === 'partly' ? 'partly right' : verdict.says}, as people say`
    : '';
  const heading: Inline[] = [
    bold(`${place}${it.cause}`),
    ` (${it.type}, confidence ${it.confidence})${judged}: ${it.mechanism}`,
  ];
  return [
    { type: 'text', text: heading },
    {
      type: 'list',
      items: [
        ...evidenceLines('', it.evidence, cited),
        ...evidenceLines('Against it: ', it.against, cited),
        ...(it.path.length > 0 ? [`Way: ${it.path.join(' → ')}`] : []),
        ...(it.nextCheck === null ? [] : [`Check next: ${it.nextCheck}`]),
      ],
    },
  ];
}

function evidenceLines(lead: string, ids: readonly string[], cited: readonly StoredFinding[]): string[] {
  const found = ids.flatMap((id) => cited.find((it) => it.id === id) ?? []);
  const lines = found
    .slice(0, MOST_EVIDENCE)
    .map(
      ({ at, text }) =>
        `${lead}${at === null ? '' : `${at.slice(11, 16)} UTC `}${plainLine(text, EVIDENCE_MAX)}`,
    );
  const more = found.length - MOST_EVIDENCE;
  return more > 0 ? [...lines, `${lead}and ${count(more, 'more finding')}`] : lines;
}

function rulesParts({ rules, hypotheses, state }: InvestigationRow): Part[] {
  if (rules.length === 0) {
    const isDone = state !== 'queued' && state !== 'running' && hypotheses.length === 0;
    return isDone ? [{ type: 'text', text: 'Rules found nothing that points to a cause.' }] : [];
  }
  const items = rules
    .slice(0, MOST_RULES)
    .map(({ cause, confidence, why }): Text => [bold(cause), ` (${confidence}): ${why}`]);
  return [
    { type: 'text', text: 'What rules say:' },
    { type: 'list', items },
  ];
}

function stepParts({ row: { steps, state }, hasThread }: InvestigationView): Part[] {
  if (steps.length === 0 || (hasThread && state !== 'running')) return [];
  const looks = `${count(steps.length, 'look')} so far, told in the thread.`;
  if (hasThread) return [{ type: 'context', text: looks }];
  const last = steps
    .slice(-LAST_STEPS)
    .map(({ tool, outcome }) => `${TOOL_NAMES[tool] ?? 'something unknown'} (${outcome})`);
  return [{ type: 'context', text: shorten(`Looked at ${list(last)}.`, 500) }];
}

/** Who says so, what it took, and what it is worth. */
function smallPrint({ state, model, steps, tokens, usd, why, notes, hypotheses }: InvestigationRow): Text {
  const looks = count(steps.length, 'look');
  const asked = notes.length === 0 ? '' : ` Asked to look at: ${plainLine(notes.join('; '), 200)}.`;
  if (state === 'queued' || state === 'running') return `A model looks; nothing waits for it.${asked}`;
  if (state === 'stopped') return `Stopped after ${looks}.${asked}`;
  if (state === 'failed') return `By rules; no model said anything: ${why ?? 'it did not answer'}.${asked}`;
  const cost = usd === null ? 'cost unknown' : `$${usd.toFixed(2)}`;
  const proof =
    hypotheses.length > 0 ? ' Every claim rests on the findings below it; it may still be wrong.' : '';
  return `By ${model ?? 'a model'}: ${looks}, ${tokens.toLocaleString('en')} tokens, ${cost}.${proof}${asked}`;
}

function buttonParts({ row, isOld }: InvestigationView): Part[] {
  const { state, incident, hypotheses } = row;
  if (isOld) return [];
  const args = { incident: String(incident) };
  if (state === 'queued' || state === 'running') {
    const stop: Button = { label: 'Stop', command: 'stop-looking', args, style: 'danger' };
    return [{ type: 'buttons', buttons: [stop] }];
  }
  const judge = (says: string, label: string, style: Button['style']): Button => ({
    label,
    command: 'judge',
    args: { ...args, says },
    style,
  });
  const named = hypotheses.map(({ cause }) => cause);
  const elsewhere = named.length === 0 ? {} : { look: shorten(`elsewhere, not at ${list(named)}`, 250) };
  return [
    {
      type: 'buttons',
      buttons: [
        ...(hypotheses.length > 0
          ? [judge('right', 'Right', 'primary'), judge('wrong', 'Wrong', 'plain')]
          : []),
        { label: 'Look elsewhere', command: 'investigate', args: { ...args, ...elsewhere }, style: 'plain' },
      ],
    },
  ];
}
