/**
 * What the bot can say, on any platform. A closed union: each adapter draws
 * every part, and escapes every piece of text, because text is data. There is
 * no way to write a platform's markup in here, nor a mention by accident.
 */
export interface Message {
  readonly parts: readonly Part[];
  /** One plain sentence for notifications, screen readers and the search. */
  readonly summary: string;
  /** The colour of its edge: how urgent it looks. */
  readonly tone: Tone;
}

export type Tone = 'alarm' | 'warn' | 'info' | 'good' | 'quiet';

export type Part =
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'text'; readonly text: Text }
  | { readonly type: 'fields'; readonly fields: readonly { readonly label: string; readonly value: Text }[] }
  | { readonly type: 'list'; readonly items: readonly Text[] }
  | { readonly type: 'code'; readonly text: string }
  /** Small print: who says so, since when. */
  | { readonly type: 'context'; readonly text: Text }
  | { readonly type: 'divider' }
  | { readonly type: 'buttons'; readonly buttons: readonly Button[] }
  | { readonly type: 'select'; readonly select: Select };

/** Plain words, or words and pieces that a platform draws in its own way. */
export type Text = string | readonly Inline[];
export type Inline =
  | string
  | { readonly type: 'bold'; readonly text: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly url: string }
  /** A mention: the one way to notify somebody. */
  | { readonly type: 'person'; readonly id: string; readonly name: string }
  /** Drawn in the reader's own time zone where the platform can. */
  | { readonly type: 'time'; readonly at: string; readonly style: 'clock' | 'date' | 'relative' };

/** A saved command. Arguments that are missing open a form. */
export interface Button {
  readonly label: string;
  readonly command: string;
  readonly args: Readonly<Record<string, string>>;
  readonly style: 'primary' | 'danger' | 'plain';
  /** Asked before it runs. */
  readonly confirm?: string;
}

/** Picking an option runs `command` with `args` and the option's value as `arg`. */
export interface Select {
  readonly label: string;
  readonly command: string;
  readonly args: Readonly<Record<string, string>>;
  readonly arg: string;
  readonly options: readonly { readonly label: string; readonly value: string }[];
}

/** Asks for the arguments a command still needs. */
export interface Form {
  readonly title: string;
  readonly submit: string;
  readonly command: string;
  /** Arguments that are known already and are not asked again. */
  readonly known: Readonly<Record<string, string>>;
  readonly fields: readonly FormField[];
}

export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly kind: 'line' | 'paragraph' | 'choice' | 'person' | 'when' | 'duration';
  readonly required: boolean;
  readonly choices: readonly { readonly label: string; readonly value: string }[];
  /** There may be more choices than these; `Inbox.choices` finds them by what is typed. */
  readonly searchable: boolean;
  readonly value: string;
  /** What is wrong with what was entered; empty at first. */
  readonly error: string;
}

export const bold = (text: string): Inline => ({ type: 'bold', text });
export const code = (text: string): Inline => ({ type: 'code', text });
export const link = (text: string, url: string): Inline => ({ type: 'link', text, url });
export const person = (id: string, name: string): Inline => ({ type: 'person', id, name });
export const clock = (at: Date): Inline => ({ type: 'time', at: at.toISOString(), style: 'clock' });
export const moment = (at: Date): Inline => ({ type: 'time', at: at.toISOString(), style: 'date' });
export const ago = (at: Date): Inline => ({ type: 'time', at: at.toISOString(), style: 'relative' });

/** Words with what stands between backticks drawn as code: for sentences that say what to type. */
export function marked(text: string): Inline[] {
  return text
    .split('`')
    .map((piece, index) => (index % 2 === 1 ? code(piece) : piece))
    .filter((piece) => piece !== '');
}

/** A message of one paragraph and whatever follows it. */
export function say(text: Text, ...parts: readonly Part[]): Message {
  return { parts: [{ type: 'text', text }, ...parts], summary: plain(text), tone: 'info' };
}

export function withTone(message: Message, tone: Tone): Message {
  return { ...message, tone };
}

/** The words without their drawing. Times are UTC. */
export function plain(text: Text): string {
  if (typeof text === 'string') return text;
  return text.map(plainInline).join('');
}

function plainInline(inline: Inline): string {
  if (typeof inline === 'string') return inline;
  if (inline.type === 'person') return `@${inline.name}`;
  if (inline.type === 'link') return inline.text;
  if (inline.type !== 'time') return inline.text;
  const at = inline.at.slice(0, 16).replace('T', ' ');
  return inline.style === 'clock' ? `${at.slice(11)} UTC` : `${at} UTC`;
}

/** A whole message as plain text: for the API, the command line, the search and an e-mail. */
export function plainMessage(message: Message): string {
  return message.parts
    .map(plainPart)
    .filter((it) => it !== '')
    .join('\n');
}

function plainPart(part: Part): string {
  switch (part.type) {
    case 'heading':
    case 'code':
      return part.text;
    case 'text':
    case 'context':
      return plain(part.text);
    case 'fields':
      return part.fields.map(({ label, value }) => `${label}: ${plain(value)}`).join('\n');
    case 'list':
      return part.items.map((it) => `- ${plain(it)}`).join('\n');
    case 'buttons':
      return part.buttons.map(({ label }) => `[${label}]`).join(' ');
    case 'select':
      return `[${part.select.label}]`;
    case 'divider':
      return '';
  }
}
