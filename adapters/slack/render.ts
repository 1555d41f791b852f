import type {
  ActionsBlock,
  Button as SlackButton,
  ConfirmationDialog,
  ContextBlock,
  KnownBlock,
  PlainTextElement,
  PlainTextOption,
  RichTextBlock,
  RichTextElement,
  SectionBlock,
} from '@slack/types';

import type { Button, Inline, Message, Part, Select, Text, Tone } from '#src/chat/message.ts';
import type { Presses } from '#src/chat/presses.ts';

import { fit } from './fit.ts';
import { BLOCKS } from './limits.ts';
import { escape, escapedLine, isTame, mrkdwn, richText } from './text.ts';

/** A message as Slack takes it: the text is for notifications, the blocks are what is seen. */
export interface Drawn {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/**
 * Blocks have no coloured edge, and the attachments that have one are folded up by
 * Slack, buttons and all; so the tone is a mark after the first words. Most messages
 * are information, and have none.
 */
const MARKS: Readonly<Record<Tone, string>> = {
  alarm: ' 🔴',
  warn: ' 🟠',
  info: '',
  good: ' 🟢',
  quiet: ' ⚪',
};

/** `presses` are told what the buttons stand for, before anybody can press them. */
export async function render(
  message: Message,
  presses: Presses,
  most: number = BLOCKS.message,
): Promise<Drawn> {
  const { parts, summary, tone } = fit(message);
  const marked = parts.findIndex((it) => it.type === 'heading' || it.type === 'text');
  const blocks: KnownBlock[] = [];
  for (const [index, part] of parts.entries()) {
    blocks.push(...(await draw(index === marked ? withMark(part, MARKS[tone]) : part, index, presses)));
  }
  // Slack refuses a message of nothing but a notification.
  if (blocks.length === 0) blocks.push(...rich([section(summary === '' ? '…' : summary)]));
  return { text: escapedLine(`${summary}${MARKS[tone]}`, SUMMARY), blocks: within(blocks, most) };
}

const SUMMARY = 1000;

function withMark(part: Part, mark: string): Part {
  if (mark === '') return part;
  if (part.type === 'heading') return { ...part, text: `${part.text}${mark}` };
  if (part.type !== 'text') return part;
  const { text } = part;
  return { ...part, text: typeof text === 'string' ? `${text}${mark}` : [...text, mark] };
}

async function draw(part: Part, index: number, presses: Presses): Promise<KnownBlock[]> {
  switch (part.type) {
    case 'heading':
      return heading(part.text);
    case 'text':
      return rich([section(part.text)]);
    case 'fields':
      return fields(part.fields);
    case 'list':
      return rich([
        { type: 'rich_text_list', style: 'bullet', elements: part.items.map(section).filter(isFilled) },
      ]);
    case 'code':
      return rich([
        {
          type: 'rich_text_preformatted',
          elements: part.text === '' ? [] : [{ type: 'text', text: part.text }],
        },
      ]);
    case 'context':
      return context(part.text);
    case 'divider':
      return [{ type: 'divider' }];
    case 'buttons': {
      const elements = await Promise.all(
        part.buttons.map((it, at) => button(it, `do:${index}:${at}`, presses)),
      );
      return elements.length === 0 ? [] : [{ type: 'actions', elements }];
    }
    case 'select':
      return await select(part.select, index, presses);
  }
}

function heading(text: string): KnownBlock[] {
  const title = text.replaceAll(/\s+/g, ' ').trim();
  if (title === '') return [];
  if (escape(title).length <= BLOCKS.header) return [{ type: 'header', text: words(escape(title)) }];
  return rich([section([{ type: 'bold', text: title }])]);
}

type RichPart = RichTextBlock['elements'][number];

function rich(elements: readonly RichPart[]): RichTextBlock[] {
  const filled = elements.filter(isFilled);
  return filled.length === 0 ? [] : [{ type: 'rich_text', elements: filled }];
}

function isFilled({ elements }: { readonly elements: readonly unknown[] }): boolean {
  return elements.length > 0;
}

function section(text: Text): { type: 'rich_text_section'; elements: RichTextElement[] } {
  return { type: 'rich_text_section', elements: richText(text) };
}

type Fields = readonly { readonly label: string; readonly value: Text }[];

/** Two columns where nothing in them could be taken for markup, else one line each. */
function fields(all: Fields): KnownBlock[] {
  const columns = all.map(({ label, value }) =>
    isTame([{ type: 'bold', text: label }]) && isTame(value) ? column(label, value) : null,
  );
  if (columns.every((it) => it !== null && it.length <= BLOCKS.field)) {
    const sections: SectionBlock[] = [];
    for (let start = 0; start < columns.length; start += BLOCKS.fields) {
      const some = columns.slice(start, start + BLOCKS.fields);
      sections.push({
        type: 'section',
        fields: some.map((it) => ({ type: 'mrkdwn', text: it ?? '', verbatim: true })),
      });
    }
    return sections;
  }
  const lines = all.flatMap(({ label, value }, index) => [
    ...richText([{ type: 'bold', text: `${index === 0 ? '' : '\n'}${label}: ` }]),
    ...richText(value),
  ]);
  return rich([{ type: 'rich_text_section', elements: lines }]);
}

function column(label: string, value: Text): string {
  return `*${escape(label)}*\n${mrkdwn(value)}`;
}

/** Small print cannot be drawn with rich text; what is not plain or tame is drawn larger. */
function context(text: Text): KnownBlock[] {
  const plain = typeof text === 'string' ? text : plainOf(text);
  if (plain?.trim() === '') return [];
  if (plain !== null && escape(plain).length <= BLOCKS.context) return small(words(escape(plain)));
  const marked = plain === null && isTame(text) ? mrkdwn(text) : null;
  // What is no address is no link, and only its words are left.
  if (marked?.trim() === '') return [];
  if (marked !== null && marked.length <= BLOCKS.context) {
    return small({ type: 'mrkdwn', text: marked, verbatim: true });
  }
  return rich([section(text)]);
}

/** Null where there is more than words in it. */
function plainOf(inlines: readonly Inline[]): string | null {
  return inlines.every((it) => typeof it === 'string') ? inlines.join('') : null;
}

function small(text: ContextBlock['elements'][number]): ContextBlock[] {
  return [{ type: 'context', elements: [text] }];
}

export async function button(of: Button, actionId: string, presses: Presses): Promise<SlackButton> {
  const { label, command, args, style, confirm } = of;
  return {
    type: 'button',
    action_id: actionId,
    text: line(label, BLOCKS.button),
    value: await presses.keyFor({ command, args }),
    ...(style === 'plain' ? {} : { style }),
    ...(confirm === undefined ? {} : { confirm: confirmation(confirm) }),
  };
}

function confirmation(question: string): ConfirmationDialog {
  return {
    title: line('Are you sure?', BLOCKS.confirmTitle),
    text: line(question, BLOCKS.confirmText),
    confirm: line('Yes', BLOCKS.confirmTitle),
    deny: line('Cancel', BLOCKS.confirmTitle),
  };
}

async function select(
  { label, command, args, arg, options }: Select,
  index: number,
  presses: Presses,
): Promise<ActionsBlock[]> {
  const drawn = await Promise.all(
    options.map(async (it): Promise<PlainTextOption> => ({
      text: line(it.label, Math.min(BLOCKS.option, Math.floor(BLOCKS.optionLabels / options.length))),
      value: await presses.keyFor({ command, args: { ...args, [arg]: it.value } }),
    })),
  );
  if (drawn.length === 0) return [];
  const placeholder = line(label, BLOCKS.placeholder);
  return [
    {
      type: 'actions',
      elements: [{ type: 'static_select', action_id: `pick:${index}`, placeholder, options: drawn }],
    },
  ];
}

/** Escaped words that are shown as they are, without names of emoji being drawn. */
export function words(escaped: string): PlainTextElement {
  return { type: 'plain_text', text: escaped, emoji: false };
}

/** One line of at most so many characters; Slack takes no empty ones. */
export function line(text: string, max: number): PlainTextElement {
  const escaped = escapedLine(text, max);
  return words(escaped === '' ? '…' : escaped);
}

/** Leaves out of the end what is too much, but never a button. */
function within(blocks: readonly KnownBlock[], most: number): KnownBlock[] {
  const controls = blocks.filter(({ type }) => type === 'actions').slice(0, most);
  let pieces = most - controls.length;
  let characters = BLOCKS.characters - charactersIn(controls);
  return blocks.filter((block) => {
    if (block.type === 'actions') return controls.includes(block);
    pieces -= 1;
    characters -= charactersIn(block);
    return pieces >= 0 && characters >= 0;
  });
}

/** Of all words in it, wherever they stand. */
function charactersIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [name, it]) => sum + (name === 'text' && typeof it === 'string' ? it.length : charactersIn(it)),
    0,
  );
}
