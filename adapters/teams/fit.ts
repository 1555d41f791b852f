import type { Inline, Message, Part, Text } from '#src/chat/message.ts';
import { clean, cleanLine, shorten } from '#src/chat/text.ts';

import { BUTTONS_IN_A_ROW, LABEL, OPTIONS, SUMMARY } from './limits.ts';

/**
 * The same message with its texts cleaned, of at most `max` characters. Text that
 * does not fit any more is left out, buttons never are.
 */
export function fit(message: Message, max: number): Message {
  let left = max;
  const take = (text: string) => {
    const taken = left <= 0 ? '' : shorten(text, left);
    left -= taken.length;
    return taken;
  };
  const parts: Part[] = [];
  for (const part of cleaned(message).parts) {
    if (left > 0 || part.type === 'buttons' || part.type === 'select') parts.push(fitPart(part, take));
  }
  return { parts, summary: cleanLine(message.summary, SUMMARY), tone: message.tone };
}

type Take = (text: string) => string;

function fitPart(part: Part, take: Take): Part {
  switch (part.type) {
    case 'heading':
      return { ...part, text: take(cleanLine(part.text, 250)) };
    case 'code':
      return { ...part, text: take(part.text) };
    case 'text':
    case 'context':
      return { ...part, text: fitText(part.text, take) };
    case 'fields': {
      const fields = part.fields.map((it) => ({
        label: take(cleanLine(it.label, 250)),
        value: fitText(it.value, take),
      }));
      return { ...part, fields: fields.filter((it) => it.label !== '') };
    }
    case 'list':
      return { ...part, items: part.items.map((it) => fitText(it, take)).filter((it) => it.length > 0) };
    case 'buttons': {
      const buttons = part.buttons.slice(0, 2 * BUTTONS_IN_A_ROW);
      return { ...part, buttons: buttons.map((it) => ({ ...it, label: cleanLine(it.label, LABEL) })) };
    }
    case 'select': {
      const { select } = part;
      const options = select.options
        .slice(0, OPTIONS)
        .map((it) => ({ ...it, label: cleanLine(it.label, LABEL) }));
      return { ...part, select: { ...select, label: cleanLine(select.label, LABEL), options } };
    }
    case 'divider':
      return part;
  }
}

function fitText(text: Text, take: Take): Text {
  if (typeof text === 'string') return take(text);
  return text.map((it) => fitInline(it, take)).filter((it) => it !== '');
}

function fitInline(inline: Inline, take: Take): Inline {
  if (typeof inline === 'string') return take(inline);
  if (inline.type === 'time') return inline;
  if (inline.type === 'person') return { ...inline, name: cleanLine(inline.name, LABEL) };
  const text = take(inline.text);
  return text === '' ? '' : { ...inline, text };
}

/** The same value with every text in it cleaned. */
function cleaned<T extends object>(value: T): T {
  const text = JSON.stringify(value);
  return JSON.parse(text, (_, it: unknown) => (typeof it === 'string' ? clean(it) : it)) as T;
}
