import type { Inline, Message, Part, Text } from '#src/chat/message.ts';
import { clean, cleanLine, shorten } from '#src/chat/text.ts';

import { BLOCKS, LIMITS } from './limits.ts';

const SUMMARY = 300;

/** The same message with its texts cleaned. Text that does not fit any more is left out, buttons never are. */
export function fit(message: Message): Message {
  let left = LIMITS.message;
  const take = (text: string, most = Infinity) => {
    const taken = left <= 0 ? '' : shorten(text, Math.min(left, most));
    left -= taken.length;
    return taken;
  };
  const rest = { buttons: LIMITS.buttons, options: BLOCKS.options };
  const parts: Part[] = [];
  for (const part of cleaned(message).parts) {
    if (part.type === 'buttons' || part.type === 'select') parts.push(fitControls(part, rest));
    else if (left > 0) parts.push(fitPart(part, take));
  }
  return { parts, summary: cleanLine(message.summary, SUMMARY), tone: message.tone };
}

type Take = (text: string, most?: number) => string;

/** So long may one piece be, so that there is room for the others, in characters. */
const MOST = { heading: 300, label: 150, value: 1500, item: 1500, code: 4000, context: 1500 } as const;

function fitPart(part: Part, take: Take): Part {
  switch (part.type) {
    case 'heading':
    case 'code':
      return { ...part, text: take(part.text, MOST[part.type]) };
    case 'text':
      return { ...part, text: fitText(part.text, take) };
    case 'context':
      return { ...part, text: fitText(part.text, upTo(MOST.context, take)) };
    case 'fields': {
      const fields = part.fields.map(({ label, value }) => ({
        label: take(label, MOST.label),
        value: fitText(value, upTo(MOST.value, take)),
      }));
      return { ...part, fields: fields.filter((it) => it.label !== '') };
    }
    case 'list':
      return {
        ...part,
        items: part.items.map((it) => fitText(it, upTo(MOST.item, take))).filter((it) => it.length > 0),
      };
    case 'buttons':
    case 'select':
    case 'divider':
      return part;
  }
}

type Controls = Extract<Part, { type: 'buttons' | 'select' }>;

/** So many are drawn in one message, in whichever parts they stand. */
function fitControls(part: Controls, rest: { buttons: number; options: number }): Controls {
  if (part.type === 'buttons') {
    const buttons = part.buttons.slice(0, rest.buttons);
    rest.buttons -= buttons.length;
    return { ...part, buttons };
  }
  const options = part.select.options.slice(0, rest.options);
  rest.options -= options.length;
  return { ...part, select: { ...part.select, options } };
}

function upTo(most: number, take: Take): Take {
  return (text) => take(text, most);
}

function fitText(text: Text, take: Take): Text {
  if (typeof text === 'string') return take(text);
  return text.map((it) => fitInline(it, take)).filter((it) => it !== '');
}

function fitInline(inline: Inline, take: Take): Inline {
  if (typeof inline === 'string') return take(inline);
  if (inline.type === 'time') return inline;
  if (inline.type === 'person') return { ...inline, name: cleanLine(inline.name, BLOCKS.button) };
  const text = take(inline.text);
  return text === '' ? '' : { ...inline, text };
}

/** The same value with every text in it cleaned. */
function cleaned<T extends object>(value: T): T {
  const text = JSON.stringify(value);
  return JSON.parse(text, (_, it: unknown) => (typeof it === 'string' ? clean(it) : it)) as T;
}
