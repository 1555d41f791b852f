import { lastWords } from '#src/db/room-talk.ts';
import { findDraft } from '#src/db/summaries.ts';
import { askPostMortem } from '#src/engine/drafts.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import { shortName } from '#src/incident/incident.ts';
import { extractionTask } from '#src/llm/tasks/extraction.ts';
import { handoffNoteTask } from '#src/llm/tasks/handoff-note.ts';
import { postMortemTask } from '#src/llm/tasks/post-mortem.ts';
import { statusUpdateTask, type Audience } from '#src/llm/tasks/status-update.ts';

import { byWhom } from './by-whom.ts';
import type { View } from './card-view.ts';
import type { CommandContext } from './command.ts';
import { bold, link, say, type Button, type Message, type Part, type Text } from './message.ts';
import { count, titleOf } from './names.ts';
import { draftParts, draftUrl } from './post-mortem.ts';
import { listed, pointLines } from './summary.ts';
import { asked } from './summed-up.ts';
import { toldOf } from './told.ts';

/** An incident, and all that happened to it. */
interface Whole {
  readonly view: View;
  readonly events: readonly LoggedEvent[];
}

/** An update that somebody may post as it is. Nothing is posted by this. */
export async function draftUpdate(
  ctx: CommandContext,
  { view, events }: Whole,
  audience: Audience,
): Promise<Message> {
  const { number, isPrivate } = view.incident;
  const input = { told: toldOf(view, events), audience, people: [...view.names.values()] };
  const answer = await ctx.llm.ask(statusUpdateTask, input, asked(number, isPrivate));
  const { text } = answer.value;
  return say(
    [bold(`An update on ${shortName(number)} for ${audience}`)],
    { type: 'text', text },
    { type: 'buttons', buttons: [keeping('Post it', 'update', number, text)] },
    { type: 'context', text: `Only you see this. ${byWhom(answer)}` },
  );
}

/** What the next one has to know, to be kept as a note. */
export async function draftHandoff(ctx: CommandContext, { view, events }: Whole): Promise<Message> {
  const { number, isPrivate } = view.incident;
  const answer = await ctx.llm.ask(handoffNoteTask, toldOf(view, events), asked(number, isPrivate));
  const { stands, done, open } = answer.value;
  const section = (title: string, items: readonly Text[]): Part[] =>
    items.length === 0 ? [] : [{ type: 'text', text: [bold(title)] }, ...listed(items)];
  const note = [
    stands,
    ...done.map(({ text }) => `Done: ${text}`),
    ...open.map(({ text }) => `Open: ${text}`),
  ].join('\n');
  return say(
    [bold(`To hand over ${titleOf(view.incident)}`)],
    { type: 'text', text: stands },
    ...section('What was done', pointLines(done, events)),
    ...section('What is open', pointLines(open, events)),
    { type: 'buttons', buttons: [keeping('Keep as a note', 'note', number, note.slice(0, NOTE_MAX))] },
    { type: 'context', text: `Only you see this. ${byWhom(answer)}` },
  );
}

/** The longest note. */
const NOTE_MAX = 4000;
/** How much of a conversation is looked at. */
const MESSAGES = 60;
const MESSAGE_MAX = 500;

/** What of the conversation in the rooms is worth a line in the timeline; people choose. */
export async function draftNotes(ctx: CommandContext, { view }: Whole): Promise<Message> {
  const { number, isPrivate } = view.incident;
  const words = await lastWords(ctx.db, number, MESSAGES);
  const messages = words.map(({ by, text, at }, id) => ({
    id: id + 1,
    at: at.toISOString(),
    by,
    text: text.slice(0, MESSAGE_MAX),
  }));
  const answer = await ctx.llm.ask(extractionTask, { messages }, asked(number, isPrivate));
  const { entries } = answer.value;
  if (entries.length === 0) {
    return say(
      messages.length === 0
        ? 'Nothing that people said in its rooms is kept here, so there is nothing to choose from.'
        : `Nothing in the last ${count(messages.length, 'message')} looks like a decision, an action or a finding.`,
      { type: 'context', text: byWhom(answer) },
    );
  }
  const noted = entries.map(({ of, kind, text }) => `${said(messages, of)} (${kind}): ${text}`);
  const buttons = noted.map((text, index) => keeping(`Keep ${index + 1}`, 'note', number, text));
  return say(
    [bold(`Worth keeping in ${shortName(number)}?`)],
    { type: 'list', items: noted.map((text, index) => `${index + 1}. ${text}`) },
    { type: 'buttons', buttons },
    { type: 'context', text: `Only you see this. ${byWhom(answer)}` },
  );
}

function said(messages: readonly { readonly id: number; readonly by: string }[], of: number): string {
  return messages.find(({ id }) => id === of)?.by ?? '?';
}

/** What rules put together at once; a model is asked behind it, and whoever asks is told when it is there. */
export async function draftPostMortem(ctx: CommandContext, { view, events }: Whole): Promise<Message> {
  const { number } = view.incident;
  await askPostMortem(ctx, number);
  const kept = await findDraft(ctx.db, number);
  const value = kept?.value ?? postMortemTask.fallback(toldOf(view, events));
  const by = byWhom({ source: kept?.model ? 'model' : 'rules', model: kept?.model ?? null, why: null });
  const later =
    ctx.llm.isOpen && ctx.person ? ' A model writes it anew; you get a message when that is done.' : '';
  return say(
    [bold(`Post-mortem of ${titleOf(view.incident)}, a draft`)],
    ...draftParts(value),
    { type: 'text', text: [link('Read all of it, with the timeline', draftUrl(view))] },
    { type: 'context', text: `${by}${later}` },
  );
}

function keeping(label: string, command: 'update' | 'note', incident: number, text: string): Button {
  return { label, command, args: { incident: shortName(incident), text }, style: 'plain' };
}
