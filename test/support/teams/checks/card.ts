import { actionsOf, elementsIn, inputsOf, kindOf, shownBy } from '../client/cards.ts';
import { fieldsOf, isFields, listOf, textOf, type Fields } from '../json.ts';
import { Refusal } from '../service/refusal.ts';
import { checkSchema } from './specs.ts';

/** Bytes of a card's JSON in UTF-8: Microsoft's "Cards reference". */
const MOST_BYTES = 28 * 1024;
/** Of those for whom a card refreshes by itself: Microsoft's "Universal Actions". */
const MOST_REFRESHED = 60;

/** Elements, and what each cannot be without. */
const ELEMENTS: Readonly<Record<string, readonly string[]>> = {
  ActionSet: ['actions'],
  Column: [],
  ColumnSet: ['columns'],
  Container: ['items'],
  FactSet: ['facts'],
  Image: ['url'],
  ImageSet: ['images'],
  'Input.ChoiceSet': ['id'],
  'Input.Date': ['id'],
  'Input.Number': ['id'],
  'Input.Text': ['id'],
  'Input.Time': ['id'],
  'Input.Toggle': ['id', 'title'],
  Media: ['sources'],
  RichTextBlock: ['inlines'],
  Table: ['rows', 'columns'],
  TableCell: ['items'],
  TableRow: ['cells'],
  TextBlock: ['text'],
};

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'Action.Execute': [],
  'Action.OpenUrl': ['url'],
  'Action.ShowCard': ['card'],
  'Action.Submit': [],
  'Action.ToggleVisibility': ['targetElements'],
};

/** What a Submit may ask Teams to do instead of sending a message. */
const SUBMITS = ['task/fetch', 'messageBack', 'imBack', 'signin', 'invoke'];

export interface Mentionable {
  /** Whether this id is of somebody, or something, that can be mentioned there. */
  readonly canMention: (id: string) => boolean;
  /** In a text, where the directory's ids and addresses will not do. */
  readonly canMentionInText: (id: string) => boolean;
}

/** @throws Refusal for a card that Teams does not take, or would not show */
export function checkCard(content: unknown, { canMention }: Pick<Mentionable, 'canMention'>): void {
  if (!isFields(content)) throw bad('a card is an object');
  const bytes = Buffer.byteLength(JSON.stringify(content));
  if (bytes > MOST_BYTES) throw new Refusal(413, 'MessageSizeTooBig', `a card of ${bytes} bytes`);
  if (content['type'] !== 'AdaptiveCard') throw bad('a card is of type AdaptiveCard');
  const version = textOf(content['version']);
  if (!/^1\.[0-5]$/.test(version)) throw bad(`Teams shows cards up to 1.5, not ${version}`);
  checkInside(content, version);
  checkRefresh(content['refresh'], version);
  checkMentions(content, canMention);
  checkSchema(content);
}

function checkInside(card: Fields, version: string): void {
  for (const element of elementsIn(card)) {
    const needed = ELEMENTS[kindOf(element)];
    if (!needed) throw bad(`there is no element ${kindOf(element) || JSON.stringify(element)}`);
    for (const name of needed) {
      if (element[name] === undefined) throw bad(`${kindOf(element)} needs ${name}`);
    }
    checkTexts(element);
    if (element['selectAction'] !== undefined) checkAction(fieldsOf(element['selectAction']), version);
  }
  const ids = inputsOf(card).map((it) => textOf(it['id']));
  if (new Set(ids).size < ids.length || ids.includes('')) {
    throw bad('ids of inputs are not empty and all different');
  }
  for (const action of actionsOf(card)) checkAction(action, version);
}

function checkTexts(element: Fields): void {
  if (kindOf(element) === 'TextBlock' && typeof element['text'] !== 'string') throw bad('text is a string');
  if (kindOf(element) === 'FactSet') {
    for (const fact of listOf(element['facts']).map(fieldsOf)) {
      const isWhole = typeof fact['title'] === 'string' && typeof fact['value'] === 'string';
      if (!isWhole) throw bad('a fact has a title and a value');
    }
  }
  if (kindOf(element) === 'RichTextBlock') {
    for (const inline of listOf(element['inlines'])) {
      if (typeof inline !== 'string' && typeof fieldsOf(inline)['text'] !== 'string') {
        throw bad('a run has a text');
      }
      const action = fieldsOf(inline)['selectAction'];
      if (action !== undefined) checkAction(fieldsOf(action), '1.5');
    }
  }
  if (kindOf(element) === 'Input.ChoiceSet') {
    for (const choice of listOf(element['choices']).map(fieldsOf)) {
      const isWhole = typeof choice['title'] === 'string' && typeof choice['value'] === 'string';
      if (!isWhole) throw bad('a choice has a title and a value');
    }
  }
}

function checkAction(action: Fields, version: string): void {
  const needed = ACTIONS[kindOf(action)];
  if (!needed) throw bad(`there is no action ${kindOf(action) || JSON.stringify(action)}`);
  for (const name of needed) {
    if (action[name] === undefined) throw bad(`${kindOf(action)} needs ${name}`);
  }
  if (kindOf(action) === 'Action.Execute' && version !== '1.5') throw bad('Action.Execute needs version 1.5');
  if (kindOf(action) === 'Action.OpenUrl' && !/^(?:https?:\/\/|mailto:)/i.test(textOf(action['url']))) {
    throw bad(`Teams opens no ${textOf(action['url'])}`);
  }
  const type = fieldsOf(fieldsOf(action['data'])['msteams'])['type'];
  if (type !== undefined && !SUBMITS.includes(textOf(type))) {
    throw bad(`a Submit does not do ${textOf(type)}`);
  }
  const shown = shownBy(action);
  if (shown) checkInside({ ...shown, type: 'AdaptiveCard' }, version);
}

function checkRefresh(refresh: unknown, version: string): void {
  if (refresh === undefined) return;
  const action = fieldsOf(fieldsOf(refresh)['action']);
  if (kindOf(action) !== 'Action.Execute') throw bad('a card is refreshed by Action.Execute');
  checkAction(action, version);
  const ids = listOf(fieldsOf(refresh)['userIds']);
  if (ids.length > MOST_REFRESHED) {
    throw bad(`a card refreshes for ${MOST_REFRESHED} people, not ${ids.length}`);
  }
  if (!ids.every((it) => /^(?:29|8):/.test(textOf(it)))) {
    throw bad("refresh.userIds are the bot's own ids of people");
  }
}

/** A mention in a card stands in its texts, word for word. */
function checkMentions(card: Fields, canMention: Mentionable['canMention']): void {
  const texts = elementsIn(card).flatMap((it) => [
    textOf(it['text']),
    ...listOf(it['facts']).flatMap((fact) => [
      textOf(fieldsOf(fact)['title']),
      textOf(fieldsOf(fact)['value']),
    ]),
  ]);
  for (const entity of listOf(fieldsOf(card['msteams'])['entities'])) {
    checkMention(fieldsOf(entity), texts.join('\n'), canMention);
  }
}

/** @throws Refusal for a mention that is not in the text, or is of nobody who is there */
export function checkMention(entity: Fields, text: string, canMention: Mentionable['canMention']): void {
  if (entity['type'] !== 'mention') return;
  const written = textOf(entity['text']);
  const { id, name } = fieldsOf(entity['mentioned']);
  if (!/^<at>[^<>]+<\/at>$/.test(written)) throw bad(`a mention is written <at>name</at>, not ${written}`);
  if (!text.includes(written)) throw bad(`the mention ${written} is not in the text`);
  if (textOf(name) === '') throw bad('a mention has a name');
  if (!canMention(textOf(id))) throw bad(`nobody of the conversation has the id ${textOf(id)}`);
}

function bad(message: string): Refusal {
  return new Refusal(400, 'BadSyntax', message);
}
