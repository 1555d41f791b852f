import { CardFactory, type Attachment } from 'botbuilder';

import { plainMessage, type Button, type Message, type Part, type Select } from '#src/chat/message.ts';
import type { Presses } from '#src/chat/presses.ts';
import type { CommandShape } from '#src/chat/shapes.ts';
import { cleanLine } from '#src/chat/text.ts';

import { SCHEMA, type Action, type Card, type Element, type Json, type TextRun } from './card.ts';
import { fit } from './fit.ts';
import { BUTTONS_IN_A_ROW, CARD_BYTES, LIMITS } from './limits.ts';
import { escaped, linesOf, Mentions, namesSomebody, runs } from './text.ts';

/** What a message is drawn with. */
export interface Pens {
  readonly presses: Presses;
  /** What people can say: a button whose command still needs something opens a form. */
  readonly commands: () => readonly CommandShape[];
}

export interface Drawn {
  readonly type: 'message';
  /** For notifications. */
  readonly summary: string;
  readonly attachments: readonly Attachment[];
}

/** How a client asks for a newer version of a card by itself, and for whom. */
export interface Refreshed {
  readonly data: Readonly<Record<string, Json>>;
  /** The bot's own ids of at most 60 people. */
  readonly people: readonly string[];
}

/** What a press sends back: the key of a saved command, or the name of the input that holds one. */
export const PRESS = '_press';
export const PICK = '_pick';
/** What a card asks with when it refreshes by itself: to be as it now is, or to be somebody's own page. */
export const LIVING = '_card';
export const HOME = '_home';
/** What the button is saved as that opens a form; no command is called so. */
export const OPENS_FORM = '_form';

const CARD = 'AdaptiveCard' as const;

/** A message as a card in an activity. It is cut until the card has the size that Teams takes. */
export async function render(message: Message, pens: Pens, refreshed?: Refreshed): Promise<Drawn> {
  const card = await cardOf(message, pens, refreshed);
  return { type: 'message', summary: card.fallbackText, attachments: [attached(card)] };
}

export function attached(card: Card): Attachment {
  return CardFactory.adaptiveCard(card);
}

export async function cardOf(message: Message, pens: Pens, refreshed?: Refreshed): Promise<Card> {
  const controls = await controlsOf(fit(message, 1).parts, pens);
  for (let max = LIMITS.message; ; max = Math.floor(max * 0.7)) {
    const card = drawn(fit(message, max), controls, refreshed);
    if (Buffer.byteLength(JSON.stringify(card)) <= CARD_BYTES || max < 100) return card;
  }
}

/** Buttons and menus in their order; they are the same however much text there is room for. */
type Controls = readonly (readonly Element[])[];

async function controlsOf(parts: readonly Part[], pens: Pens): Promise<Controls> {
  const controls: Element[][] = [];
  for (const part of parts) {
    if (part.type === 'buttons') controls.push(await buttonRows(part.buttons, pens));
    if (part.type === 'select') controls.push(await menu(part.select, `pick${controls.length}`, pens));
  }
  return controls;
}

function drawn(message: Message, controls: Controls, refreshed: Refreshed | undefined): Card {
  const mentions = new Mentions(JSON.stringify(message));
  const left = [...controls];
  const body: Element[] = [];
  let isBelowLine = false;
  for (const part of message.parts) {
    const isControl = part.type === 'buttons' || part.type === 'select';
    const elements = isControl ? (left.shift() ?? []) : drawnPart(part, mentions);
    const [first, ...rest] = elements;
    if (first) body.push(isBelowLine ? { ...first, separator: true } : first, ...rest);
    isBelowLine = part.type === 'divider' || (isBelowLine && !first);
  }
  if (body.length === 0) body.push(block(runs(message.summary || '…')));
  const { entities } = mentions;
  return {
    type: CARD,
    $schema: SCHEMA,
    version: '1.5',
    fallbackText: escaped(cleanLine(message.summary, 300) || cleanLine(plainMessage(message), 300)) || '…',
    body: toned(body, message.tone),
    ...(refreshed ? { refresh: refreshOf(refreshed) } : {}),
    msteams: { width: 'Full', ...(entities.length > 0 ? { entities } : {}) },
  };
}

function refreshOf({ data, people }: Refreshed): NonNullable<Card['refresh']> {
  return { action: { type: 'Action.Execute', verb: 'refresh', data }, userIds: people };
}

const STYLES = { alarm: 'attention', warn: 'warning', info: null, good: 'good', quiet: 'emphasis' } as const;

/** The first element says by its ground how urgent it looks; an input or a button has none. */
function toned(body: readonly Element[], tone: Message['tone']): readonly Element[] {
  const [first, ...rest] = body;
  const style = STYLES[tone];
  if (!first || style === null) return body;
  return [{ type: 'Container', style, bleed: true, items: [first] }, ...rest];
}

function drawnPart(part: Exclude<Part, { type: 'buttons' | 'select' }>, mentions: Mentions): Element[] {
  switch (part.type) {
    case 'heading':
      return blocks(runs(part.text, { size: 'Large', weight: 'Bolder' }));
    case 'text':
      return paragraph(part.text, mentions);
    case 'context':
      return paragraph(part.text, mentions, { size: 'Small', isSubtle: true });
    case 'fields':
      return part.fields.flatMap(({ label, value }) =>
        tight(
          namesSomebody(value)
            ? paragraph([{ type: 'bold', text: `${label}:` }, ' ', ...pieces(value)], mentions)
            : blocks([...runs(`${label}: `, { weight: 'Bolder' }), ...runs(value)]),
        ),
      );
    case 'list':
      return part.items.flatMap((item) =>
        tight(
          namesSomebody(item)
            ? paragraph(['• ', ...pieces(item)], mentions)
            : blocks([...runs('• '), ...runs(item)]),
        ),
      );
    case 'code':
      return part.text === ''
        ? []
        : [
            {
              type: 'Container',
              style: 'emphasis',
              items: blocks(runs(part.text, { fontType: 'Monospace' })),
            },
          ];
    case 'divider':
      return [];
  }
}

type Pieces = Exclude<Parameters<typeof runs>[0], string>;

function pieces(text: Parameters<typeof runs>[0]): Pieces {
  return typeof text === 'string' ? [text] : text;
}

function paragraph(
  text: Parameters<typeof runs>[0],
  mentions: Mentions,
  look: { size?: 'Small'; isSubtle?: boolean } = {},
): Element[] {
  if (!namesSomebody(text)) return blocks(runs(text, look));
  // Markdown joins lines, so each is an element of its own.
  return linesOf(pieces(text))
    .filter((line) => line.some((it) => it !== ''))
    .map((line) => mentions.block(line, look));
}

function blocks(inlines: readonly TextRun[]): Element[] {
  return inlines.length === 0 ? [] : [block(inlines)];
}

function block(inlines: readonly TextRun[]): Element {
  return { type: 'RichTextBlock', inlines };
}

function tight(elements: readonly Element[]): Element[] {
  return elements.map((it) => ({ ...it, spacing: 'Small' }));
}

async function buttonRows(buttons: readonly Button[], pens: Pens): Promise<Element[]> {
  const rows: Element[] = [];
  for (let from = 0; from < buttons.length; from += BUTTONS_IN_A_ROW) {
    const row = buttons.slice(from, from + BUTTONS_IN_A_ROW);
    rows.push({ type: 'ActionSet', actions: await Promise.all(row.map((it) => actionOf(it, pens))) });
  }
  return rows;
}

const BUTTON_STYLES = { primary: 'positive', danger: 'destructive', plain: null } as const;

async function actionOf(button: Button, pens: Pens): Promise<Action> {
  const key = await pens.presses.keyFor(button);
  const style = BUTTON_STYLES[button.style];
  const looks = style === null ? {} : { style };
  const title = button.label || '…';
  const act = opensForm(button, pens.commands())
    ? dialogAction(title, { [PRESS]: key })
    : press(title, { [PRESS]: key });
  if (button.confirm === undefined || button.confirm === '') return { ...act, ...looks };
  const body = blocks(runs(cleanLine(button.confirm, 300)));
  return {
    type: 'Action.ShowCard',
    title,
    ...looks,
    card: { type: CARD, body, actions: [{ ...act, ...looks }] },
  };
}

/** Whether it is there for a form, or something is missing that is no incident, which a room is about. */
function opensForm({ command, args }: Button, commands: readonly CommandShape[]): boolean {
  if (command === OPENS_FORM) return true;
  const shape = commands.find((it) => it.name === command);
  return shape?.args.some((it) => it.required && it.kind !== 'incident' && !args[it.name]) ?? false;
}

/** Opens a dialog, which only a Submit can. */
function dialogAction(title: string, data: Readonly<Record<string, Json>>): Action {
  return {
    type: 'Action.Submit',
    title,
    data: { msteams: { type: 'task/fetch' }, ...data },
    associatedInputs: 'none',
  };
}

function press(
  title: string,
  data: Readonly<Record<string, Json>>,
  inputs: 'auto' | 'none' = 'none',
): Action {
  return {
    type: 'Action.Execute',
    title,
    verb: 'press',
    data,
    associatedInputs: inputs,
    fallback: { type: 'Action.Submit', title, data, associatedInputs: inputs },
  };
}

/** Each option holds the key of its own command, so that none can be made up. */
async function menu(select: Select, id: string, pens: Pens): Promise<Element[]> {
  const { label, command, args, arg } = select;
  const choices = await Promise.all(
    select.options.map(async (it) => ({
      title: it.label || '…',
      value: await pens.presses.keyFor({ command, args: { ...args, [arg]: it.value } }),
    })),
  );
  if (choices.length === 0) return [];
  const title = label || '…';
  return [
    { type: 'Input.ChoiceSet', id, style: 'compact', placeholder: title, choices },
    { type: 'ActionSet', actions: [press('Choose', { [PICK]: id }, 'auto')] },
  ];
}
