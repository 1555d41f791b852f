import { createHash } from 'node:crypto';

import {
  ButtonStyle,
  ComponentType,
  MessageFlags,
  SeparatorSpacingSize,
  type APIActionRowComponent,
  type APIAllowedMentions,
  type APIButtonComponentWithCustomId,
  type APIComponentInContainer,
  type APIComponentInMessageActionRow,
  type APIContainerComponent,
  type APISelectMenuOption,
} from 'discord-api-types/v10';

import type { Button, Message, Part, Select, Text, Tone } from '#src/chat/message.ts';
import type { Presses } from '#src/chat/presses.ts';
import { cleanLine } from '#src/chat/text.ts';

import { LIMITS, MAX } from './limits.ts';
import type { Questions } from './questions.ts';
import { codeBlock, drawn, drawnLine, peopleIn } from './text.ts';

/** A message as Discord takes it. */
export interface Body {
  readonly components: readonly APIContainerComponent[];
  readonly flags: number;
  readonly allowed_mentions: APIAllowedMentions;
}

export interface Drawing {
  readonly presses: Presses;
  readonly questions: Questions;
}

export type Row = APIActionRowComponent<APIComponentInMessageActionRow>;

/**
 * Draws a message in the layout of components, where mentions notify in their
 * place and nothing is previewed. `key`: by what it is posted once; Discord keeps
 * it in the message, so that it is found again. `below`: one more row.
 */
export async function render(
  message: Message,
  drawing: Drawing,
  { key, below }: { readonly key?: string; readonly below?: Row } = {},
): Promise<Body> {
  const rows = await rowsOf(message.parts, drawing);
  const all = below ? [...rows.values(), [below]].flat() : [...rows.values()].flat();
  const used = all.reduce((sum, it) => sum + 1 + it.components.length, 0);
  const inside = layOut(message, rows, MAX.components - 1 - used);
  const container: APIContainerComponent = {
    type: ComponentType.Container,
    accent_color: COLOURS[message.tone],
    spoiler: false,
    components: [...inside, ...(below ? [below] : [])],
    ...(key === undefined ? null : { id: markOf(key) }),
  };
  return {
    components: [container],
    flags: MessageFlags.IsComponentsV2 | MessageFlags.SuppressEmbeds,
    allowed_mentions: mentioning(message),
  };
}

/** The number that a message posted under this key has in it: 30 bits, above those that Discord gives out itself. */
export function markOf(key: string): number {
  return (createHash('sha256').update(key).digest().readUInt32BE() >>> 3) + 2 ** 29;
}

/** Nobody is notified but those whom the bot names on purpose. */
export function mentioning({ parts }: Pick<Message, 'parts'>): APIAllowedMentions {
  const people = [...new Set(parts.flatMap(textsOf).flatMap(peopleIn))];
  return { parse: [], users: people.slice(0, MAX.mentions) };
}

const COLOURS: Readonly<Record<Tone, number>> = {
  alarm: 0xd92d20,
  warn: 0xf79009,
  info: 0x2e90fa,
  good: 0x12b76a,
  quiet: 0x98a2b3,
};

const STYLES: Readonly<
  Record<Button['style'], ButtonStyle.Primary | ButtonStyle.Danger | ButtonStyle.Secondary>
> = { primary: ButtonStyle.Primary, danger: ButtonStyle.Danger, plain: ButtonStyle.Secondary };

/** With their rows: what is beyond this many components is left out, so that words always have room. */
const CONTROLS = 36;

async function rowsOf(parts: readonly Part[], drawing: Drawing): Promise<Map<Part, Row[]>> {
  const rows = new Map<Part, Row[]>();
  let buttons = 0;
  let used = 0;
  for (const part of parts) {
    if (part.type === 'buttons') {
      const some = part.buttons.slice(0, LIMITS.buttons - buttons);
      const cost = some.length + Math.ceil(some.length / MAX.rowButtons);
      if (some.length === 0 || used + cost > CONTROLS) continue;
      const first = buttons;
      const made = await Promise.all(some.map((it, index) => buttonOf(it, first + index, drawing)));
      rows.set(part, inRows(made));
      buttons += some.length;
      used += cost;
    } else if (part.type === 'select' && optionsOf(part.select.options).length > 0 && used + 2 <= CONTROLS) {
      rows.set(part, [await selectOf(part.select, rows.size, drawing)]);
      used += 2;
    }
  }
  return rows;
}

/** `p:` runs, `c:` asks first; the number keeps two buttons of one command apart. */
async function buttonOf(
  button: Button,
  index: number,
  { presses, questions }: Drawing,
): Promise<APIButtonComponentWithCustomId> {
  const { label, style, confirm } = button;
  const key = await presses.keyFor(button);
  if (confirm !== undefined) await questions.keep(key, { text: confirm, label, style });
  return {
    type: ComponentType.Button,
    style: STYLES[style],
    label: cleanLine(label, MAX.buttonLabel) || '…',
    custom_id: `${confirm === undefined ? 'p' : 'c'}:${index}:${key}`,
  };
}

function inRows(buttons: readonly APIButtonComponentWithCustomId[]): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at < buttons.length; at += MAX.rowButtons) {
    rows.push({ type: ComponentType.ActionRow, components: buttons.slice(at, at + MAX.rowButtons) });
  }
  return rows;
}

async function selectOf(select: Select, index: number, { presses }: Drawing): Promise<Row> {
  const { label, arg } = select;
  const key = await presses.keyFor(select);
  return {
    type: ComponentType.ActionRow,
    components: [
      {
        type: ComponentType.StringSelect,
        custom_id: `s:${index}:${key}:${arg}`,
        placeholder: cleanLine(label, MAX.placeholder),
        min_values: 1,
        max_values: 1,
        options: optionsOf(select.options),
      },
    ],
  };
}

/** As many as Discord lists; it refuses two of the same value, and values that are too long. */
export function optionsOf(
  options: readonly { readonly label: string; readonly value: string }[],
): APISelectMenuOption[] {
  const fitting = options.filter(({ value }) => value.trim() !== '' && value.length <= MAX.optionValue);
  const unique = [...new Map(fitting.map((it) => [it.value, it])).values()];
  return unique.slice(0, MAX.options).map(({ label, value }) => ({
    label: cleanLine(label, MAX.optionLabel) || value,
    value,
  }));
}

/** Words and lines around the rows. Where Discord takes no more pieces, words go to those before them. */
function layOut(
  message: Message,
  rows: ReadonlyMap<Part, readonly Row[]>,
  room: number,
): APIComponentInContainer[] {
  const inside: APIComponentInContainer[] = [];
  let left: number = MAX_TEXT;
  let pieces = room;
  let lines: string[] = [];

  const flush = () => {
    const content = lines.join('\n');
    lines = [];
    if (content.trim() === '') return;
    const last = inside.findLast((it) => it.type === ComponentType.TextDisplay);
    if (pieces > 0 || !last) inside.push({ type: ComponentType.TextDisplay, content });
    else last.content += `\n${content}`;
    pieces -= 1;
  };

  for (const part of message.parts) {
    const own = rows.get(part);
    if (own) {
      flush();
      inside.push(...own);
    } else if (part.type === 'divider') {
      if (pieces < 3) continue;
      flush();
      if (inside.length > 0) {
        inside.push({ type: ComponentType.Separator, divider: true, spacing: SeparatorSpacingSize.Small });
        pieces -= 1;
      }
    } else {
      const words = wordsOf(part, left);
      if (words === '') continue;
      lines.push(words);
      left -= words.length + 1;
    }
  }
  flush();
  if (inside.some((it) => it.type === ComponentType.TextDisplay)) return inside;
  const summary = drawn(message.summary, left).trim() || '…';
  return [{ type: ComponentType.TextDisplay, content: summary }, ...inside];
}

/** With some room for line breaks between pieces. */
const MAX_TEXT = LIMITS.message - 40;

/** A part in at most `max` characters; empty where there is no room for any of it. */
function wordsOf(part: Part, max: number): string {
  if (max < 20) return '';
  switch (part.type) {
    case 'heading':
      // Discord leaves signs of a heading out at its end too, escaped or not.
      return before('### ', drawnLine(part.text, max - 5).replace(/#$/, '#\u200B'));
    case 'text':
      return drawn(part.text, max);
    case 'context':
      return eachLine('-# ', part.text, max);
    case 'code':
      return part.text.trim() === '' ? '' : codeBlock(part.text, max);
    case 'list':
      return linesOf(part.items, max, (it, left) => before('- ', drawnLine(it, left - 2)));
    case 'fields':
      return linesOf(part.fields, max, ({ label, value }, left) => fieldLine(label, value, left));
    case 'divider':
    case 'buttons':
    case 'select':
      return '';
  }
}

function fieldLine(label: string, value: Text, max: number): string {
  const head = drawnLine([{ type: 'bold', text: `${label}:` }], max - 5);
  return `${head} ${drawn(value, max - head.length - 1)}`;
}

function eachLine(prefix: string, text: Text, max: number): string {
  let room = max;
  for (;;) {
    const lines = drawn(text, room)
      .split('\n')
      .filter((it) => it.trim() !== '');
    const all = lines.map((it) => `${prefix}${it}`).join('\n');
    if (all.length <= max || room < 1) return all.length <= max ? all : '';
    room -= all.length - max;
  }
}

function linesOf<T>(items: readonly T[], max: number, draw: (item: T, left: number) => string): string {
  const lines: string[] = [];
  let left = max;
  for (const item of items) {
    if (left < 20) break;
    const line = draw(item, left);
    lines.push(line);
    left -= line.length + 1;
  }
  return lines.filter((it) => it !== '').join('\n');
}

function before(prefix: string, words: string): string {
  return words.trim() === '' ? '' : `${prefix}${words}`;
}

function textsOf(part: Part): readonly Text[] {
  if (part.type === 'text' || part.type === 'context') return [part.text];
  if (part.type === 'fields') return part.fields.map(({ value }) => value);
  return part.type === 'list' ? part.items : [];
}

/** The button below a question: `y:` runs what was asked about. */
export function questionRow(key: string, { label, style }: Pick<Button, 'label' | 'style'>): Row {
  const button = {
    type: ComponentType.Button,
    style: STYLES[style],
    label: cleanLine(label, MAX.buttonLabel) || 'Yes',
    custom_id: `y:0:${key}`,
  } as const;
  return { type: ComponentType.ActionRow, components: [button] };
}
