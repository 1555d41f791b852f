import type { ModalView } from '@slack/types';

import { say, type Form, type Message } from '#src/chat/message.ts';
import type { Ask, Outcome } from '#src/chat/platform.ts';
import { within } from '#src/chat/within.ts';
import { ProviderError } from '#src/errors.ts';

import { isDirect, personRef, roomRef, type Chat } from './chat.ts';
import { fieldErrors, formView, messageView, momentView } from './forms.ts';
import { DEADLINES } from './limits.ts';
import { inRoom } from './members.ts';
import { send, whisperTo } from './messages.ts';
import { patiently } from './patiently.ts';
import { dmWith } from './people.ts';
import { button, render, type Drawn } from './render.ts';
import { unless } from './trouble.ts';

/** Who asked, and the ways in which they can be answered. */
export interface Asked {
  /** Slack's delivery id. */
  readonly id: string;
  readonly user: string;
  /** Where it was asked, conversations with the bot alone included. */
  readonly channel: string | null;
  /** The message that the answer stands below. */
  readonly thread: string | null;
  /** Opens a modal, once, within 3 s. */
  readonly trigger: string | null;
  /** Takes 5 answers within 30 minutes. */
  readonly responseUrl: string | null;
  /** The modal in which it was asked. */
  readonly view: string | null;
  /** The modal that was opened to say that the answer takes a moment. */
  readonly moment?: string | null;
}

type Reply = Extract<Outcome, { type: 'reply' }>;

/** An outcome, and the modal it is shown in where it is a form. */
type Made = Reply | { readonly type: 'form'; readonly form: Form; readonly view: ModalView };

/** Has the engine do what was asked, and answers. A modal that must open at once opens empty, and is filled in later. */
export async function answer(chat: Chat, asked: Asked, wish: Promise<Ask | null>): Promise<void> {
  const making = make(chat, asked, wish);
  const { trigger, view } = asked;
  if (trigger === null || view !== null) return await show(chat, asked, await making);
  const early = await within(DEADLINES.form, making);
  if (early) return await show(chat, asked, early.value);
  const moment = await openModal(chat, trigger, momentView());
  await show(chat, { ...asked, trigger: null, moment }, await making);
}

const STALE: Reply = {
  type: 'reply',
  message: say('This button is not known any more. Look at the newest card, or type the command.'),
  visible: 'private',
};
const STALE_FORM: Reply = {
  ...STALE,
  message: say('This form is not known any more, and nothing was done. Please give the command again.'),
};

/** What Slack is told at once about a form that was sent, and what happens afterwards. */
export interface Verdict {
  readonly ack:
    | { readonly response_action: 'errors'; readonly errors: Record<string, string> }
    | { readonly response_action: 'update'; readonly view: ModalView }
    | null;
  readonly after: () => Promise<void>;
}

/** `fields` are the blocks of the form that are shown: errors can be said at these. */
export async function verdict(
  chat: Chat,
  asked: Asked,
  wish: Promise<Ask | null>,
  fields: readonly string[],
): Promise<Verdict> {
  const making = make(chat, { ...asked, trigger: null }, wish, STALE_FORM);
  const early = await within(DEADLINES.submission, making);
  if (!early) {
    // The modal itself took the place of the form.
    const waiting = { ...asked, trigger: null, view: null, moment: asked.view };
    const late = async () => await show(chat, waiting, await making);
    return { ack: { response_action: 'update', view: momentView() }, after: late };
  }
  const made = early.value;
  if (made === null) return { ack: null, after: () => Promise.resolve() };
  if (made.type === 'form') {
    const errors = fieldErrors(made.form, fields);
    const isWrong = Object.keys(errors).length > 0;
    const ack = isWrong
      ? ({ response_action: 'errors', errors } as const)
      : ({ response_action: 'update', view: made.view } as const);
    return { ack, after: () => Promise.resolve() };
  }
  if (asked.channel === null || made === STALE_FORM) {
    const view = await messageView(TITLE, made.message, { channel: null, thread: null }, chat.presses);
    return { ack: { response_action: 'update', view }, after: () => Promise.resolve() };
  }
  return { ack: null, after: () => show(chat, { ...asked, trigger: null, view: null }, made) };
}

const TITLE = 'Answer';

/** A wish that is not known any more, because what we kept of it is gone, is said to be so: `stale`. */
async function make(
  chat: Chat,
  asked: Asked,
  wish: Promise<Ask | null>,
  stale = STALE,
): Promise<Made | null> {
  const ask = await wish;
  const inbox = chat.inbox();
  if (!inbox) return null;
  if (!ask) return stale;
  const { id, user, channel, thread } = asked;
  const room = channel === null || isDirect(channel) ? null : roomRef(channel);
  const outcome = await inbox.invoked({ id, person: personRef(user), room, ask });
  if (outcome.type === 'reply') return outcome;
  return { ...outcome, view: await formView(outcome.form, { channel, thread }, chat.presses) };
}

async function show(chat: Chat, asked: Asked, made: Made | null): Promise<void> {
  if (!made) return;
  if (made.type === 'form') return await showForm(chat, asked, made);
  await patiently(chat, () => showReply(chat, asked, made));
}

async function showForm(
  chat: Chat,
  asked: Asked,
  { form, view }: Extract<Made, { type: 'form' }>,
): Promise<void> {
  const open = asked.view ?? asked.moment ?? null;
  if (open !== null && (await patiently(chat, () => filled(chat, open, view)))) return;
  const opened = asked.trigger === null ? null : await openModal(chat, asked.trigger, view);
  if (opened !== null) return;
  const drawn = await formOffer(chat, form);
  await patiently(chat, () => privately(chat, { ...asked, trigger: null }, drawn));
}

/** A message gives us nothing that opens a modal; a button does. */
async function formOffer(chat: Chat, form: Form): Promise<Drawn> {
  const given = form.fields
    .filter(({ value }) => value !== '')
    .map(({ name, value }) => [name, value] as const);
  const wrong = form.fields.map(({ error }) => error).filter((it) => it !== '');
  const drawn = await render(say([form.title, ...wrong].join('\n')), chat.presses);
  const args = { ...Object.fromEntries(given), ...form.known };
  const open = { label: 'Open the form', command: form.command, args, style: 'primary' } as const;
  const elements = [await button(open, 'draft:0', chat.presses)];
  return { ...drawn, blocks: [...drawn.blocks, { type: 'actions', elements }] };
}

/** Null where it can be opened no more, or the person has looked away. */
async function openModal(chat: Chat, trigger: string, view: ModalView): Promise<string | null> {
  try {
    const args = { trigger_id: trigger, view };
    const opened = await chat.api.call<{ view: { id: string } }>('views.open', args, { urgency: 'person' });
    return opened.view.id;
  } catch (error) {
    chat.report(error);
    return null;
  }
}

/** False where the person has closed it. */
async function filled(chat: Chat, id: string, view: ModalView): Promise<boolean> {
  const update = () => chat.api.call('views.update', { view_id: id, view }, { urgency: 'person' });
  return (await unless(['not_found', 'view_not_found'], update)) !== null;
}

async function showReply(chat: Chat, asked: Asked, { message, visible }: Reply): Promise<void> {
  const { id, channel, thread, view } = asked;
  const isForRoom = visible === 'room' && channel !== null && !isDirect(channel);
  const open = view ?? asked.moment ?? null;
  const isSeen =
    open !== null && (await filled(chat, open, await messageView(TITLE, message, asked, chat.presses)));
  if (isForRoom) return await inTheRoom(chat, asked, channel, message);
  // Whoever has closed the modal that was only there to wait finds the answer where they asked.
  if (isSeen && (view !== null || channel === null)) return;
  if (channel !== null && isDirect(channel) && asked.responseUrl === null) {
    await send(chat, { channel, message, key: `reply:${id}`, thread, urgency: 'person' });
    return;
  }
  const drawn = await render(message, chat.presses);
  await chat.store.once(`reply:${id}`, async () => {
    await privately(chat, asked, drawn, message);
    return true;
  });
}

/** Where the bot is not in the room, Slack says it for us. */
async function inTheRoom(chat: Chat, asked: Asked, channel: string, message: Message): Promise<void> {
  const { id, thread, responseUrl } = asked;
  try {
    await send(chat, { channel, message, key: `reply:${id}`, thread, urgency: 'person' });
  } catch (error) {
    const isElsewhere = error instanceof ProviderError && !error.retry;
    if (!isElsewhere || responseUrl === null) throw error;
    const drawn = await render(message, chat.presses);
    await chat.store.once(`reply-there:${id}`, async () => {
      await chat.api.respond(responseUrl, { response_type: 'in_channel', replace_original: false, ...drawn });
      return true;
    });
  }
}

/** Only to the one who asked, in the nearest way that there is; never to the room. */
async function privately(chat: Chat, asked: Asked, drawn: Drawn, message?: Message): Promise<void> {
  const { user, channel, thread, responseUrl, trigger } = asked;
  if (responseUrl !== null) {
    const threaded = thread === null ? {} : { thread_ts: thread };
    const body = { response_type: 'ephemeral', replace_original: false, ...drawn, ...threaded };
    try {
      return await chat.api.respond(responseUrl, body);
    } catch (error) {
      // It is used up, or too old: there are other ways.
      if (error instanceof ProviderError && error.retry) throw error;
    }
  }
  if (channel !== null && !isDirect(channel)) return await whisperTo(chat, user, { channel, thread }, drawn);
  if (trigger !== null && channel === null && message) {
    const view = await messageView(TITLE, message, asked, chat.presses);
    if ((await openModal(chat, trigger, view)) !== null) return;
  }
  const dm = channel ?? (await dmWith(chat, user));
  const { text, blocks } = drawn;
  const args = { channel: dm, text, blocks, unfurl_links: false, unfurl_media: false };
  await inRoom(chat, dm, () => chat.api.call('chat.postMessage', args, { urgency: 'person' }));
}
