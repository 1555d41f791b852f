import {
  TeamsActivityHandler,
  type Activity,
  type AdaptiveCardInvokeResponse,
  type AdaptiveCardInvokeValue,
  type MessagingExtensionAction,
  type MessagingExtensionActionResponse,
  type SearchInvokeResponse,
  type SearchInvokeValue,
  type TaskModuleRequest,
  type TaskModuleResponse,
  type TurnContext,
} from 'botbuilder';

import type { Ask } from '#src/chat/platform.ts';
import type { CommandShape } from '#src/chat/shapes.ts';
import { clean, cleanLine, shorten } from '#src/chat/text.ts';
import { within } from '#src/chat/within.ts';

import { offered, type Answer } from './answer.ts';
import type { Core } from './core.ts';
import { dialogOf } from './forms.ts';
import { PLATFORM } from './limits.ts';
import { homeCard, livingCard } from './messages.ts';
import { messageOf, personOf } from './reading.ts';
import { HOME } from './render.ts';
import { textOfHtml } from './text.ts';
import type { Data, Wish, Wishes } from './wishes.ts';

/** An invoke waits so long for what comes of it, in milliseconds; then the answer follows by itself. */
const SOON_MS = 400;
/** A card that refreshes by itself, or a menu that looks something up, may take longer: nobody pressed anything. */
const PATIENT_MS = 3000;

const MESSAGE = 'application/vnd.microsoft.activity.message';
const CARD = 'application/vnd.microsoft.card.adaptive';
const SEARCH = 'application/vnd.microsoft.search.searchResponse';

const LATER = 'One moment: the answer follows.';
const ANSWERED = 'The answer is in the conversation.';
const FAILED = 'That did not work. Try again in a moment.';
const PRESS_TO_OPEN = 'Press "Open the form", please.';

/** What is offered on somebody's message, by the id that the manifest gives it. */
export function entryId(label: string): string {
  return label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** Answers what Teams waits for: presses, dialogs, the menu of messages, look-ups. */
export class Invokes extends TeamsActivityHandler {
  readonly #core: Core;
  readonly #wishes: Wishes;
  readonly #answer: Answer;

  constructor(core: Core, wishes: Wishes, answer: Answer) {
    super();
    this.#core = core;
    this.#wishes = wishes;
    this.#answer = answer;
  }

  protected override async onAdaptiveCardInvoke(
    { activity }: TurnContext,
    { action }: AdaptiveCardInvokeValue,
  ): Promise<AdaptiveCardInvokeResponse> {
    if (action.verb === 'refresh') return await this.#refreshed(activity, action.data);
    const work = this.#wishes.pressed(activity, action.data);
    this.#core.later(work.then(async ({ asker, outcome }) => await this.#answer.give(asker, outcome)));
    const soon = await within(SOON_MS, settled(work));
    if (!soon) return told(LATER);
    if (!soon.value) return told(FAILED);
    return told(soon.value.outcome.type === 'form' ? PRESS_TO_OPEN : ANSWERED);
  }

  protected override async handleTeamsTaskModuleFetch(
    { activity }: TurnContext,
    { data }: TaskModuleRequest,
  ): Promise<TaskModuleResponse> {
    return await this.#dialog(this.#wishes.pressed(activity, dataIn(data)));
  }

  protected override async handleTeamsTaskModuleSubmit(
    { activity }: TurnContext,
    { data }: TaskModuleRequest,
  ): Promise<TaskModuleResponse> {
    return await this.#dialog(this.#wishes.sent(activity, dataIn(data)), '');
  }

  protected override async handleTeamsMessagingExtensionFetchTask(
    { activity }: TurnContext,
    action: MessagingExtensionAction,
  ): Promise<MessagingExtensionActionResponse> {
    const ask = askOf(action, this.#core.commands());
    if (!ask) throw new Error('NotImplemented');
    return await this.#dialog(this.#wishes.asked(activity, ask));
  }

  protected override async handleTeamsMessagingExtensionSubmitAction(
    { activity }: TurnContext,
    { data }: MessagingExtensionAction,
  ): Promise<MessagingExtensionActionResponse> {
    return await this.#dialog(this.#wishes.sent(activity, dataIn(data)), '');
  }

  protected override async onSearchInvoke(
    { activity }: TurnContext,
    value: SearchInvokeValue,
  ): Promise<SearchInvokeResponse> {
    const { dataset = '' } = value as Partial<SearchInvokeValue> as { readonly dataset?: string };
    const found = await within(PATIENT_MS, settled(this.#choices(activity, dataset, value.queryText)));
    return { statusCode: 200, type: SEARCH, value: { results: found?.value ?? [] } };
  }

  /** A form opens in the dialog, or again with what is wrong; any other answer is said in the conversation. */
  async #dialog(work: Promise<Wish>, said = ANSWERED): Promise<TaskModuleResponse> {
    const soon = await within(SOON_MS, settled(work));
    const wish = soon?.value;
    if (wish?.outcome.type === 'form') {
      const { form } = wish.outcome;
      const { key, written } = this.#core.forms.keep(offered(wish.asker, form));
      this.#core.later(written);
      return { task: { type: 'continue', value: dialogOf(form, key) } };
    }
    this.#core.later(work.then(async ({ asker, outcome }) => await this.#answer.give(asker, outcome)));
    const words = soon ? (wish ? said : FAILED) : LATER;
    return words === '' ? {} : { task: { type: 'message', value: words } };
  }

  /** A living card as it now is, or somebody's own page of the bot, made anew. */
  async #refreshed(activity: Activity, data: unknown): Promise<AdaptiveCardInvokeResponse> {
    const home = this.#core.commands().find((it) => it.isHome);
    const isHome = dataIn(data)[HOME] === true;
    const work = isHome && home ? this.#home(activity, home) : this.#living(activity);
    const card = (await within(PATIENT_MS, settled(work)))?.value;
    if (card) return { statusCode: 200, type: CARD, value: { ...card } };
    return {
      statusCode: 404,
      type: 'application/vnd.microsoft.error',
      value: { code: 'NotFound', message: 'There is nothing newer.' },
    };
  }

  async #living(activity: Activity) {
    return await livingCard(this.#core, messageOf(activity, activity.replyToId ?? ''));
  }

  async #home(activity: Activity, { name }: CommandShape) {
    const { outcome } = await this.#wishes.asked(activity, { type: 'saved', command: name, args: {} });
    if (outcome.type !== 'reply') return null;
    return await homeCard(this.#core, outcome.message, activity.from.id);
  }

  async #choices(activity: Activity, dataset: string, typed: string) {
    const [key, arg = ''] = dataset.split('/');
    const person = personOf(activity);
    const form = await this.#core.forms.find(key, person.id);
    const inbox = this.#core.inbox();
    if (!form || !inbox) return [];
    const room = form.room === null ? null : { platform: person.platform, id: form.room };
    const wanted = { command: form.form.command, arg, typed: cleanLine(typed, 200), person, room };
    const found = await inbox.choices(wanted);
    return found.map(({ label, value }) => ({ title: label, value }));
  }
}

/** Failures are told by whoever waits for the work; here only what came of it counts. */
async function settled<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch {
    return null;
  }
}

function told(value: string): AdaptiveCardInvokeResponse {
  // The library's type wants an object where the service wants a string.
  return { statusCode: 200, type: MESSAGE, value: value as unknown as Record<string, unknown> };
}

function dataIn(data: unknown): Data {
  return typeof data === 'object' && data !== null ? (data as Data) : {};
}

/** What of a person's message is taken over. */
const WORDS = 4000;

/** On a message the command is given with its words; where there is none, its form is wanted. */
function askOf(
  { commandId, messagePayload }: MessagingExtensionAction,
  commands: readonly CommandShape[],
): Ask | null {
  for (const { name, onMessage } of commands) {
    if (!onMessage) continue;
    if (commandId === name) return { type: 'draft', command: name, args: {} };
    if (commandId !== entryId(onMessage.label)) continue;
    const { body: { content = '', contentType } = {}, from } = messagePayload ?? {};
    const words = shorten(clean(contentType === 'text' ? content : textOfHtml(content)), WORDS);
    const by = from?.user?.id === undefined ? null : { platform: PLATFORM, id: from.user.id };
    return { type: onMessage.asks, command: name, args: { [onMessage.arg]: words }, by };
  }
  return null;
}
