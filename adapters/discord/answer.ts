import { InteractionResponseType as Reply, MessageFlags } from 'discord-api-types/v10';

import { say, type Form, type Message } from '#src/chat/message.ts';
import type { Outcome } from '#src/chat/platform.ts';
import { within } from '#src/chat/within.ts';
import { ProviderError } from '#src/errors.ts';

import { codeOf, type Api } from './api.ts';
import { modalOf, offerOf, type Forms } from './forms.ts';
import { PLATFORM } from './limits.ts';
import type { Messages } from './messages.ts';
import { render, type Body, type Drawing, type Row } from './render.ts';

/** Whom an answer is for, and the way to them. */
export interface Asked {
  /** Of the interaction. */
  readonly id: string;
  readonly token: string;
  readonly application: string;
  readonly channel: string;
  readonly person: string;
  /** Outside of the server, where everything is for one person anyway. */
  readonly isDirect: boolean;
  /** Discord opens no form on a form. */
  readonly mayOpenForm: boolean;
  /** It was asked whether it is meant: the answer takes the place of the question, which only one person sees. */
  readonly isQuestion: boolean;
}

export interface Answering {
  /** Acknowledges in any case, and answers when the outcome is there. */
  settle(asked: Asked, outcome: Promise<Outcome>): Promise<void>;
  /** Shows a form; its button where the key leads to none. */
  openForm(asked: Asked, key: string): Promise<void>;
  /** Only the asker sees it. */
  tell(asked: Asked, message: Message, below?: Row): Promise<void>;
  /** Answers what was written to the bot directly. */
  settleDirect(written: Written, outcome: Promise<Outcome>): Promise<void>;
}

/** What somebody wrote to the bot directly. */
interface Written {
  readonly id: string;
  readonly channel: string;
}

interface Deps {
  readonly api: Api;
  readonly drawing: Drawing;
  readonly forms: Forms;
  readonly messages: Pick<Messages, 'say' | 'direct'>;
  readonly report: (error: unknown) => void;
}

/** How long an outcome is waited for before it is promised, in milliseconds; Discord waits for three seconds. */
const WAIT_MS = 350;

/** Somebody answered before us, or this very answer arrived though we were not told. */
const ANSWERED = 40060;
/** The interaction, or its token, is too old. */
const TOO_LATE = new Set([10062, 10015, 10008, 50027]);

const APOLOGY = {
  type: 'reply',
  message: say('Something went wrong here, and it was noted. Try it again in a moment.'),
  visible: 'private',
} as const satisfies Outcome;
const ONE_MOMENT = say('One moment: press the button again, please.');
const FORM_GONE = say('This form is not there any more. Please give the command again.');
const DONE = say('Done. The answer is in the channel.');

export function makeAnswering(deps: Deps): Answering {
  const { forms } = deps;
  return {
    async settle(asked, outcome) {
      const drawn = drawing(deps, outcome, asked);
      try {
        const quick = await within(WAIT_MS, drawn);
        if (quick) return await first(deps, asked, quick.value);
        await promise(deps, asked);
        await later(deps, asked, await drawn);
      } catch (error) {
        if (!TOO_LATE.has(codeOf(error) ?? 0)) throw error;
        await elsewhere(deps, asked, (await drawn).outcome);
      }
    },
    async openForm(asked, key) {
      const found = await within(WAIT_MS, forms.find(key));
      if (found?.value) return await respond(deps, asked, Reply.Modal, modalOf(found.value, key));
      await reply(deps, asked, await draw(deps, found ? FORM_GONE : ONE_MOMENT), true);
    },
    async tell(asked, message, below) {
      const body = hidden(await draw(deps, message, below));
      await respond(deps, asked, Reply.ChannelMessageWithSource, body);
    },
    async settleDirect({ id, channel }, outcome) {
      const drawn = await drawing(deps, outcome, { mayOpenForm: false });
      const message = drawn.outcome.type === 'reply' ? drawn.outcome.message : say(drawn.outcome.form.title);
      const body = async () => drawn.body ?? (await draw(deps, message));
      await deps.messages.say({ channel, key: `answer:${id}`, priority: 'answer', message, body });
    },
  };
}

/** An outcome, and how it is shown; null where it opens as a form. */
interface Drawn {
  readonly outcome: Outcome;
  readonly body: Body | null;
}

/** Drawing writes down what buttons do, which may take as long as the outcome. Never rejects. */
async function drawing(
  deps: Deps,
  outcome: Promise<Outcome>,
  { mayOpenForm }: Pick<Asked, 'mayOpenForm'>,
): Promise<Drawn> {
  try {
    const is = await outcome;
    if (is.type === 'reply') return { outcome: is, body: await draw(deps, is.message) };
    return { outcome: is, body: mayOpenForm ? null : await drawOffer(deps, is.form) };
  } catch (error) {
    deps.report(error);
    return { outcome: APOLOGY, body: await draw(deps, APOLOGY.message) };
  }
}

/** What can be said at once: the first answer is the message itself. */
async function first(deps: Deps, asked: Asked, { outcome, body }: Drawn): Promise<void> {
  if (outcome.type === 'form') {
    if (body) return await reply(deps, asked, body, true);
    const { key, written } = deps.forms.keep(outcome.form);
    written.catch(deps.report);
    return await respond(deps, asked, Reply.Modal, modalOf(outcome.form, key));
  }
  const isPrivate = outcome.visible === 'private' || asked.isDirect;
  if (body && (isPrivate || !asked.isQuestion)) return await reply(deps, asked, body, isPrivate);
  await reply(deps, asked, await draw(deps, DONE), true);
  if (!(await inRoom(deps, asked, outcome.message))) await put(deps, asked, { outcome, body });
}

async function promise(deps: Deps, asked: Asked): Promise<void> {
  if (asked.isQuestion) return await respond(deps, asked, Reply.DeferredMessageUpdate);
  const flags = asked.isDirect ? 0 : MessageFlags.Ephemeral;
  await respond(deps, asked, Reply.DeferredChannelMessageWithSource, { flags });
}

/** What had been promised to one person: others read theirs in the room. */
async function later(deps: Deps, asked: Asked, { outcome, body }: Drawn): Promise<void> {
  const isForRoom = outcome.type === 'reply' && outcome.visible === 'room' && !asked.isDirect;
  const isTold = isForRoom && (await inRoom(deps, asked, outcome.message));
  if (!isTold) return await put(deps, asked, { outcome, body });
  if (asked.isQuestion) await change(deps, asked, await draw(deps, DONE));
  else await deps.api.call('dropAnswer', answerOf(asked));
}

/** In place of what was promised: only the asker reads it. */
async function put(deps: Deps, asked: Asked, { outcome, body }: Drawn): Promise<void> {
  const draws = () => (outcome.type === 'form' ? drawOffer(deps, outcome.form) : draw(deps, outcome.message));
  await change(deps, asked, body ?? (await draws()));
}

async function change({ api }: Deps, asked: Asked, body: Body): Promise<void> {
  await api.call('changeAnswer', answerOf(asked), { body });
}

function answerOf({ application, token }: Asked) {
  return { webhook_id: application, webhook_token: token };
}

/** It is too late for Discord: what the room cannot be told is told directly. */
async function elsewhere(deps: Deps, asked: Asked, outcome: Outcome): Promise<void> {
  const isForRoom = outcome.type === 'reply' && outcome.visible === 'room' && !asked.isDirect;
  if (isForRoom && (await inRoom(deps, asked, outcome.message))) return;
  const person = { platform: PLATFORM, id: asked.person };
  const message = outcome.type === 'reply' ? outcome.message : FORM_GONE;
  await deps.messages.direct(person, message, { key: `answer:${asked.id}` });
}

/** False where the bot may not write: people can ask it in channels that it does not see. */
async function inRoom({ messages }: Deps, { id, channel }: Asked, message: Message): Promise<boolean> {
  try {
    await messages.say({ channel, key: `answer:${id}`, message, priority: 'answer' });
    return true;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.retry) throw error;
    return false;
  }
}

async function reply(deps: Deps, asked: Asked, body: Body, isPrivate: boolean): Promise<void> {
  if (asked.isQuestion) return await respond(deps, asked, Reply.UpdateMessage, body);
  const shown = isPrivate && !asked.isDirect ? hidden(body) : body;
  await respond(deps, asked, Reply.ChannelMessageWithSource, shown);
}

async function respond({ api }: Pick<Deps, 'api'>, asked: Asked, type: Reply, data?: object): Promise<void> {
  const params = { interaction_id: asked.id, interaction_token: asked.token };
  try {
    await api.call('callback', params, { body: { type, ...(data ? { data } : null) } });
  } catch (error) {
    if (codeOf(error) !== ANSWERED) throw error;
  }
}

async function draw(deps: Pick<Deps, 'drawing'>, message: Message, below?: Row): Promise<Body> {
  return await render(message, deps.drawing, below ? { below } : {});
}

async function drawOffer(deps: Pick<Deps, 'drawing' | 'forms'>, form: Form): Promise<Body> {
  const { key, written } = deps.forms.keep(form);
  await written;
  const { message, below } = offerOf(form, key);
  return await draw(deps, message, below);
}

function hidden(body: Body): Body {
  return { ...body, flags: body.flags | MessageFlags.Ephemeral };
}
