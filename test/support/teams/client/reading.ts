import { fieldsOf, listOf, textOf, type Fields } from '../json.ts';
import { actionsOf, cardsOf, elementsIn, inputsOf, inside, kindOf } from './cards.ts';
import { readHtml, readMarkdown, readPlain, shieldAll, withTimes, type Read } from './markup.ts';

/** Buttons of a card that have room; those above are not shown unless they are in the menu: Microsoft's "Design cards". */
const SHOWN_BUTTONS = 6;

export interface ReadMessage {
  readonly text: string;
  readonly links: readonly string[];
  readonly buttons: readonly string[];
  readonly options: readonly string[];
}

/** What a person sees of a message of the bot: its text, then its cards. */
export function readActivity(activity: Fields, cards: readonly Fields[] = cardsOf(activity)): ReadMessage {
  const mentions = listOf(activity['entities']).map(fieldsOf);
  const body = readText(activity, mentions);
  const read = cards.map(readCard);
  return {
    text: [body.text, ...read.map(({ text }) => text)].filter((it) => it !== '').join('\n'),
    links: [...body.links, ...read.flatMap(({ links }) => links)],
    buttons: read.flatMap(({ buttons }) => buttons),
    options: read.flatMap(({ options }) => options),
  };
}

function readText(activity: Fields, mentions: readonly Fields[]): Read {
  const format = activity['textFormat'] ?? 'markdown';
  const text = withMentions(textOf(activity['text']), mentions, format === 'markdown');
  if (format === 'plain') return readPlain(text);
  if (format === 'xml') return readHtml(text);
  const marked = readMarkdown(text);
  return /<\/?[a-z][^>]*>/i.test(text) ? { ...marked, text: readHtml(marked.text).text } : marked;
}

/** A mention is drawn as a name that stands out; here with an `@`. Without its entity it is only text. */
function withMentions(text: string, mentions: readonly Fields[], inMarkdown: boolean): string {
  let seen = text;
  for (const mention of mentions.filter((it) => it['type'] === 'mention')) {
    const written = textOf(mention['text']);
    const name = written.replace('<at>', '@').replace('</at>', '');
    seen = seen.replaceAll(written, () => (inMarkdown ? shieldAll(name) : name));
  }
  return seen;
}

export function readCard(card: Fields): ReadMessage {
  const mentions = listOf(fieldsOf(card['msteams'])['entities']).map(fieldsOf);
  const links: string[] = [];
  const markdown = (text: string) => {
    const read = readMarkdown(withMentions(withTimes(text), mentions, true));
    links.push(...read.links);
    return read.text;
  };
  const text = linesOf(card, markdown, links)
    .filter((it) => it !== '')
    .join('\n');
  const shown = visibleActions(card);
  for (const action of shown) {
    if (kindOf(action) === 'Action.OpenUrl') links.push(textOf(action['url']));
  }
  const choices = inputsOf(card).flatMap((it) =>
    listOf(it['choices']).map((choice) => textOf(fieldsOf(choice)['title'])),
  );
  const beside = besideMenus(card);
  const buttons = shown.filter((it) => !beside.includes(it)).map((it) => textOf(it['title']));
  return { text, links, buttons, options: choices };
}

/** Buttons that belong to menus: alone in their rows, each directly below a menu. */
function besideMenus(card: Fields): readonly Fields[] {
  const elements = elementsIn(card);
  return elements.flatMap((it, at) => {
    const actions = listOf(it['actions']).map(fieldsOf);
    const isBelow = at > 0 && kindOf(elements[at - 1] ?? {}) === 'Input.ChoiceSet';
    return kindOf(it) === 'ActionSet' && actions.length === 1 && isBelow ? actions : [];
  });
}

/** Of the primary actions of a row only as many as have room; the menu holds the rest. */
export function visibleActions(card: Fields): readonly Fields[] {
  return actionsOf({ ...card, actions: [], body: withoutFull(card) }).concat(
    room(listOf(card['actions']).map(fieldsOf)),
  );
}

function withoutFull(card: Fields): readonly unknown[] {
  return listOf(card['body']).map((it) => trimmed(fieldsOf(it)));
}

function trimmed(element: Fields): Fields {
  if (kindOf(element) === 'ActionSet') {
    return { ...element, actions: room(listOf(element['actions']).map(fieldsOf)) };
  }
  const changed = Object.entries(element).map(([name, it]) =>
    Array.isArray(it) && ['items', 'columns', 'rows', 'cells'].includes(name)
      ? [name, it.map((child) => trimmed(fieldsOf(child)))]
      : [name, it],
  );
  return Object.fromEntries(changed) as Fields;
}

function room(actions: readonly Fields[]): readonly Fields[] {
  let primary = 0;
  return actions.filter((it) => it['mode'] === 'secondary' || (primary += 1) <= SHOWN_BUTTONS);
}

type Markdown = (text: string) => string;

function linesOf(element: Fields, markdown: Markdown, links: string[]): readonly string[] {
  if (element['isVisible'] === false) return [];
  const own = ownLines(element, markdown, links);
  if (own) return own;
  const parts = inside(element).map((it) => linesOf(it, markdown, links));
  if (kindOf(element) !== 'ColumnSet' && kindOf(element) !== 'TableRow') return parts.flat();
  const side = parts.map((it) => it.filter((line) => line !== ''));
  return side.every((it) => it.length <= 1) ? [side.flat().join(' ')] : side.flat();
}

/** Null for what only holds other elements. */
function ownLines(element: Fields, markdown: Markdown, links: string[]): readonly string[] | null {
  switch (kindOf(element)) {
    case 'TextBlock':
      return [markdown(textOf(element['text']))];
    case 'RichTextBlock':
      return [runs(listOf(element['inlines']), links)];
    case 'FactSet':
      return listOf(element['facts']).map((it) => fact(fieldsOf(it), markdown));
    case 'Input.Toggle':
      return [textOf(element['title'])];
    default:
      return null;
  }
}

function fact(it: Fields, markdown: Markdown): string {
  const title = markdown(textOf(it['title']));
  return `${title}${title.endsWith(':') ? '' : ':'} ${markdown(textOf(it['value']))}`;
}

/** Runs are literal; what one leads to is its own action. */
function runs(inlines: readonly unknown[], links: string[]): string {
  return inlines
    .map((it) => {
      if (typeof it === 'string') return withTimes(it);
      const { text, selectAction } = fieldsOf(it);
      if (kindOf(fieldsOf(selectAction)) === 'Action.OpenUrl') {
        links.push(textOf(fieldsOf(selectAction)['url']));
      }
      return withTimes(textOf(text));
    })
    .join('');
}

/** What is mentioned by a message of the bot: ids as they were sent. */
export function mentionedBy(activity: Fields): readonly string[] {
  const entities = [
    ...listOf(activity['entities']),
    ...cardsOf(activity).flatMap((it) => listOf(fieldsOf(it['msteams'])['entities'])),
  ];
  return entities
    .map(fieldsOf)
    .filter((it) => it['type'] === 'mention')
    .map((it) => textOf(fieldsOf(it['mentioned'])['id']));
}
