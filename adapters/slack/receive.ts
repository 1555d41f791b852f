import { createHash } from 'node:crypto';

import type {
  App,
  BlockAction,
  BlockElementAction,
  BlockSuggestion,
  GlobalShortcut,
  MessageShortcut,
  SlashCommand,
  ViewSubmitAction,
} from '@slack/bolt';

import { Kept, Recent } from '#src/chat/kept.ts';
import type { Ask } from '#src/chat/platform.ts';
import { clean } from '#src/chat/text.ts';
import { within } from '#src/chat/within.ts';

import { answer, verdict, type Asked, type Verdict } from './answer.ts';
import { isDirect, personRef, roomRef, type Chat } from './chat.ts';
import { emojiIn } from './emoji.ts';
import { argOf, ENTERED, enteredIn, FORM, failedView, memoryOf, options, whereOf } from './forms.ts';
import { showHome } from './home.ts';
import { DEADLINES } from './limits.ts';
import { GLOBAL } from './names.ts';
import { spoken, typed } from './text.ts';

/**
 * What people give as commands, press, fill in and pick. Everything is acknowledged
 * before it is worked on, and what Slack delivers again is not done again.
 */
export function receive(app: App, chat: Chat): void {
  const recent = new Kept<Promise<Verdict>>(5000);
  const seen = new Recent();

  const begin = async (ack: () => Promise<void>, id: string, work: () => Promise<void>) => {
    await acknowledge(chat, ack);
    if (seen.isNew(id)) chat.later(work());
  };

  app.command(/.*/, async ({ ack, command }) => {
    const asked = askedByCommand(command);
    const ask = { type: 'typed', text: typed(command.text ?? '') } as const;
    await begin(ack, asked.id, () => answer(chat, asked, Promise.resolve(ask)));
  });

  app.action<BlockAction>(/^(?:do|pick|draft):/, async ({ ack, body, action }) => {
    const asked = askedByPress(body);
    await begin(ack, asked.id, async () => {
      await answer(chat, placed(asked, body), pressed(chat, action));
      if (body.view?.type === 'home') await showHome(chat, asked.user, `${asked.id}:home`);
    });
  });

  app.shortcut(/.*/, async ({ ack, body }) => {
    const asked = askedByShortcut(body);
    await begin(ack, asked.id, () => answer(chat, asked, Promise.resolve(shortcutAsk(chat, body))));
  });

  app.view<ViewSubmitAction>({ callback_id: FORM, type: 'view_submission' }, async ({ ack, body }) => {
    const id = submissionId(body);
    const known = recent.get(id);
    const judged = known ?? submitted(chat, id, body);
    recent.set(id, judged);
    const { ack: said, after } = await judged;
    await acknowledge(chat, () => (said ? ack(said) : ack()));
    if (!known) chat.later(after());
  });

  app.options(ENTERED, async ({ ack, body }) => {
    const found = await within(
      DEADLINES.options,
      offered(chat, body).catch((error: unknown) => report(chat, error)),
    );
    await acknowledge(chat, () => ack({ options: found?.value ?? [] }));
  });
}

/** A lost connection loses the acknowledgement: Slack delivers it again, and the work goes on meanwhile. */
async function acknowledge(chat: Chat, ack: () => Promise<void>): Promise<void> {
  await ack().catch((error: unknown) => chat.report(error));
}

function report(chat: Chat, error: unknown): [] {
  chat.report(error);
  return [];
}

function askedByCommand({
  trigger_id: trigger,
  response_url: responseUrl,
  user_id: user,
  channel_id: channel,
}: SlashCommand): Asked {
  return { id: `command:${trigger}`, user, channel, thread: null, trigger, responseUrl, view: null };
}

function askedByPress(body: BlockAction): Asked {
  const { user, channel, message, view, trigger_id: trigger } = body;
  const container = body.container as { readonly channel_id?: string; readonly thread_ts?: string };
  return {
    id: `press:${trigger}`,
    user: user.id,
    channel: channel?.id ?? container.channel_id ?? null,
    thread: (message?.['thread_ts'] as string | undefined) ?? container.thread_ts ?? null,
    trigger,
    responseUrl: body.response_url || null,
    view: view?.type === 'modal' ? view.id : null,
  };
}

function askedByShortcut(body: GlobalShortcut | MessageShortcut): Asked {
  const { user, trigger_id: trigger } = body;
  const about = body.type === 'message_action' ? body : null;
  return {
    id: `shortcut:${trigger}`,
    user: user.id,
    channel: about?.channel.id ?? null,
    thread: (about?.message['thread_ts'] as string | undefined) ?? null,
    trigger,
    responseUrl: about?.response_url ?? null,
    view: null,
  };
}

/** What is pressed in a modal belongs to the room that the modal was opened for. */
function placed(asked: Asked, { view }: BlockAction): Asked {
  return view?.private_metadata ? { ...asked, ...whereOf(view.private_metadata) } : asked;
}

/** Null for a key that we never gave. */
async function pressed(chat: Chat, action: BlockElementAction): Promise<Ask | null> {
  const carrier = action.type === 'static_select' ? action.selected_option : action;
  const key = 'value' in carrier && typeof carrier.value === 'string' ? carrier.value : '';
  const saved = await chat.presses.find(key);
  return saved && { type: action.action_id.startsWith('draft:') ? 'draft' : 'saved', ...saved };
}

/** The command whose menu entry it is, with the words of the message it was picked on. */
function shortcutAsk(chat: Chat, body: GlobalShortcut | MessageShortcut): Ask | null {
  const name = body.callback_id.startsWith(GLOBAL) ? body.callback_id.slice(GLOBAL.length) : body.callback_id;
  const shape = chat.commands().find((it) => it.name === name);
  if (!shape?.onMessage) return null;
  const { arg, asks } = shape.onMessage;
  if (body.type === 'shortcut') return { type: 'draft', command: shape.name, args: {} };
  const words = spoken(body.message.text ?? '', emojiIn(body.message['blocks']));
  // Of apps Slack says no more than what they are called.
  const { user } = body.message;
  const by = user === undefined ? null : personRef(user);
  return { type: asks, command: shape.name, args: { [arg]: words }, by };
}

/**
 * Sent twice with the same words, a form is the same wish: also when the verdict
 * was lost on its way, and the person pressed again.
 */
function submissionId({ view }: ViewSubmitAction): string {
  const { id, hash, state } = view;
  const words = createHash('sha256').update(JSON.stringify(state.values)).digest('base64url').slice(0, 22);
  return `form:${id}:${hash}:${words}`;
}

async function submitted(chat: Chat, id: string, body: ViewSubmitAction): Promise<Verdict> {
  const { view, user, trigger_id: trigger } = body;
  const kept = memoryOf(view.private_metadata, chat.presses);
  const asked = { id, user: user.id, trigger, responseUrl: null, view: view.id };
  const wish = kept.then((it): Ask | null => {
    if (!it) return null;
    return { type: 'form', command: it.command, args: { ...it.known, ...enteredIn(view.state.values) } };
  });
  const fields = view.blocks.filter(({ type }) => type === 'input').map(({ block_id: block }) => block ?? '');
  const where = whereOf(view.private_metadata);
  return await verdict(chat, { ...asked, ...where }, wish, fields).catch((error: unknown) => {
    chat.report(error);
    const ack = { response_action: 'update', view: failedView() } as const;
    return { ack, after: () => Promise.resolve() };
  });
}

/** What a menu of a form offers for what has been typed into it. */
async function offered(chat: Chat, body: BlockSuggestion) {
  const arg = argOf(body.block_id);
  const memory = await memoryOf(body.view?.private_metadata ?? '', chat.presses);
  const inbox = chat.inbox();
  if (arg === null || !memory || !inbox) return [];
  const { command, channel } = memory;
  const room = channel === null || isDirect(channel) ? null : roomRef(channel);
  const wanted = { command, arg, typed: clean(body.value), person: personRef(body.user.id), room };
  return options(await inbox.choices(wanted));
}
