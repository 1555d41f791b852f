import { checkCard } from '../checks/card.ts';
import type { Delivered } from '../delivering/deliveries.ts';
import { fieldsOf, isFields, textOf, type Fields } from '../json.ts';
import { Refusal } from '../service/refusal.ts';
import { tell, type Stage } from '../stage.ts';
import type { Posted, TeamsPerson } from '../world.ts';
import { CARD, actionsOf, inputsOf } from './cards.ts';

/** What the app shows when a bot does not answer as it should. */
const FAILED = 'Something went wrong. Please try again.';

const MESSAGE = 'application/vnd.microsoft.activity.message';
const ERROR = 'application/vnd.microsoft.error';

/** Where an invoke came from, so that its answer is shown there. */
export interface Origin {
  readonly who: TeamsPerson;
  readonly conversation: string;
  readonly posted: Posted | null;
  /** Of the message extension: what it was asked. */
  readonly extension: Fields | null;
  /** The button, to know a question that asks whether it was meant. */
  readonly label: string;
}

/** A card that the app shows in answer to a press, if it does. */
export type Answer = { readonly dialog: Fields } | { readonly view: Fields } | null;

/** The answer to `adaptiveCard/action`: a card in place of the old one for this person, a message, or an error. */
export function takeActionAnswer(stage: Stage, from: Origin, answer: Delivered): Answer {
  const { statusCode, type, value } = fieldsOf(answer.body);
  if (answer.status !== 200) {
    return failed(stage, from, `answered ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  if (typeof statusCode !== 'number' || typeof type !== 'string') {
    return failed(stage, from, 'answered without statusCode and type');
  }
  if (type === CARD) {
    if (statusCode !== 200) return failed(stage, from, `a card comes with 200, not ${statusCode}`);
    const card = checked(stage, from, value);
    if (card && from.posted) from.posted.views.set(from.who.id, card);
    return card ? { view: card } : null;
  }
  if (type === MESSAGE) {
    if (typeof value !== 'string') return failed(stage, from, 'a message is a string');
    tell(stage, from.who, from.conversation, value);
    return null;
  }
  if (type !== ERROR || statusCode < 400) return failed(stage, from, `answered ${statusCode} ${type}`);
  const { code, message } = fieldsOf(value);
  if (textOf(code) === '' || textOf(message) === '') {
    return failed(stage, from, 'an error has a code and a message');
  }
  tell(stage, from.who, from.conversation, textOf(message));
  return null;
}

/** The answer to `task/*` and `composeExtension/*`: another dialog, a message in it, or nothing, which closes it. */
export function takeTaskAnswer(stage: Stage, from: Origin, answer: Delivered): Answer {
  stage.dialogs.delete(from.who.id);
  if (answer.status !== 200) {
    return failed(stage, from, `answered ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  const { task, composeExtension } = fieldsOf(answer.body);
  if (isFields(composeExtension)) return takeExtension(stage, from, composeExtension);
  if (!isFields(task)) return null;
  const { type, value } = task;
  if (type === 'message') {
    if (typeof value !== 'string') return failed(stage, from, 'the message of a task is a string');
    if (value !== '') tell(stage, from.who, from.conversation, value);
    return null;
  }
  if (type !== 'continue') return failed(stage, from, `there is no task of type ${textOf(type)}`);
  const { title, card } = fieldsOf(value);
  if (fieldsOf(card)['contentType'] !== CARD) return failed(stage, from, 'a dialog shows an adaptive card');
  const content = checked(stage, from, fieldsOf(card)['content']);
  if (!content) return null;
  stage.dialogs.set(from.who.id, {
    title: textOf(title),
    card: content,
    conversation: from.conversation,
    replyTo: from.posted?.id,
    extension: from.extension,
    complaints: {},
  });
  return { dialog: content };
}

function takeExtension(stage: Stage, from: Origin, { type, text }: Fields): null {
  if (type === 'message') {
    tell(stage, from.who, from.conversation, textOf(text));
    return null;
  }
  return type === 'result' || type === 'auth' || type === 'config' || type === 'botMessagePreview'
    ? null
    : failed(stage, from, `there is no composeExtension of type ${textOf(type)}`);
}

function checked(stage: Stage, from: Origin, card: unknown): Fields | null {
  const anybody = { canMention: (id: string) => stage.world.person(id) !== null };
  try {
    checkCard(card, anybody);
    return fieldsOf(card);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return failed(stage, from, error.message);
  }
}

function failed(stage: Stage, { who, conversation }: Origin, why: string): null {
  stage.refused.push(`the answer to an invoke: ${why}`);
  tell(stage, who, conversation, FAILED);
  return null;
}

/**
 * Teams does not ask whether a press was meant, so a program asks by itself: with a card or dialog
 * that has nothing to fill in, a button to go back (Cancel, No, Back, Keep it ...) and one to go on.
 * Answers the latter; null for anything else.
 */
export function confirmationIn(card: Fields): Fields | null {
  if (inputsOf(card).length > 0) return null;
  const actions = actionsOf(card);
  const [goOn, ...others] = actions.filter((it) => !isBack(it));
  return goOn && others.length === 0 && actions.some(isBack) ? goOn : null;
}

function isBack(action: Fields): boolean {
  return /^(?:cancel|no(?:, .*)?|(?:go )?back|keep .*|never ?mind|not now|don.t .*)$/i.test(
    textOf(action['title']),
  );
}
