import type { Form, Inline, Message, Part, Text } from '#src/chat/message.ts';
import { clean, cleanLine, shorten } from '#src/chat/text.ts';

import { LIMITS } from './limits.ts';

const LABEL = 75;
const SUMMARY = 300;

/** The same message with its texts cleaned. Text that does not fit any more is left out, buttons never are. */
export function fit(message: Message): Message {
  let left = LIMITS.message;
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

/** What is beyond the most fields is left out: what is needed comes first. What stands in it already is kept. */
export function fitForm(form: Form): Form {
  const beyond = form.fields.slice(LIMITS.formFields).filter(({ value }) => value !== '');
  const kept = Object.fromEntries(beyond.map(({ name, value }) => [name, value]));
  return { ...form, known: { ...kept, ...form.known }, fields: form.fields.slice(0, LIMITS.formFields) };
}

type Take = (text: string) => string;

function fitPart(part: Part, take: Take): Part {
  switch (part.type) {
    case 'heading':
    case 'code':
      return { ...part, text: take(part.text) };
    case 'text':
    case 'context':
      return { ...part, text: fitText(part.text, take) };
    case 'fields': {
      const fields = part.fields.map((it) => ({ label: take(it.label), value: fitText(it.value, take) }));
      return { ...part, fields: fields.filter((it) => it.label !== '') };
    }
    case 'list':
      return { ...part, items: part.items.map((it) => fitText(it, take)).filter((it) => it.length > 0) };
    case 'divider':
      return part;
    case 'buttons':
    case 'select':
      return fitChoices(part);
  }
}

/** Labels are cut; what they stand for is not, because it is a command. */
function fitChoices(part: Extract<Part, { type: 'buttons' | 'select' }>): Part {
  if (part.type === 'buttons') {
    const buttons = part.buttons.slice(0, LIMITS.buttons);
    return { ...part, buttons: buttons.map((it) => ({ ...it, label: cleanLine(it.label, LABEL) })) };
  }
  const { select } = part;
  const options = select.options.map((it) => ({ ...it, label: cleanLine(it.label, LABEL) }));
  return { ...part, select: { ...select, label: cleanLine(select.label, LABEL), options } };
}

function fitText(text: Text, take: Take): Text {
  if (typeof text === 'string') return take(text);
  return text.map((it) => fitInline(it, take)).filter((it) => it !== '');
}

/** An address that is not the web's is only words: nobody is made to run a script by a link. */
function fitInline(inline: Inline, take: Take): Inline {
  if (typeof inline === 'string') return take(inline);
  if (inline.type === 'time') return inline;
  if (inline.type === 'person') return { ...inline, name: cleanLine(inline.name, LABEL) };
  const text = take(inline.text);
  if (text === '') return '';
  if (inline.type !== 'link') return { ...inline, text };
  return /^(?:https?:\/\/|mailto:)/i.test(inline.url) ? { ...inline, text } : text;
}

/** The same value with every text in it cleaned, so that it can be stored. */
function cleaned<T extends object>(value: T): T {
  const text = JSON.stringify(value);
  return JSON.parse(text, (_, it: unknown) => (typeof it === 'string' ? clean(it) : it)) as T;
}
