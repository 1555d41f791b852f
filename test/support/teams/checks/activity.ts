import { CARD } from '../client/cards.ts';
import { fieldsOf, isFields, listOf, textOf, type Fields } from '../json.ts';
import { Refusal } from '../service/refusal.ts';
import { checkCard, checkMention, type Mentionable } from './card.ts';
import { checkDefinition } from './specs.ts';

/** Of a whole message in UTF-16: Microsoft's "Format your bot messages". */
const MOST_BYTES = 100 * 1024;

/** What can be attached, beside pictures. */
const ATTACHMENTS = [
  CARD,
  'application/vnd.microsoft.card.hero',
  'application/vnd.microsoft.card.thumbnail',
  'application/vnd.microsoft.teams.card.file.consent',
  'application/vnd.microsoft.teams.card.file.info',
  'application/vnd.microsoft.card.signin',
  'application/vnd.microsoft.card.oauth',
];

/** @throws Refusal for what the Bot Connector does not take as an activity of a bot in Teams */
export function checkActivity(activity: Fields, who: Mentionable): void {
  const bytes = JSON.stringify(activity).length * 2;
  if (bytes > MOST_BYTES) throw new Refusal(413, 'MessageSizeTooBig', `a message of ${bytes} bytes`);
  checkDefinition('Activity', activity);
  const type = textOf(activity['type']);
  if (type === 'typing') return;
  if (type !== 'message') throw bad(`Teams takes no activity of type ${type} of a bot`);
  const format = activity['textFormat'];
  if (format !== undefined && !['plain', 'markdown', 'xml'].includes(textOf(format))) {
    throw bad(`there is no text format ${textOf(format)}`);
  }
  const attachments = activity['attachments'] ?? [];
  if (!Array.isArray(attachments)) throw bad('attachments are a list');
  const text = activity['text'] ?? '';
  if (typeof text !== 'string') throw bad('the text is a string');
  if (text.trim() === '' && attachments.length === 0) throw bad('a message has a text or an attachment');
  for (const attachment of attachments) checkAttachment(fieldsOf(attachment), who);
  for (const entity of listOf(activity['entities'])) {
    checkMention(fieldsOf(entity), text, who.canMentionInText);
  }
}

function checkAttachment(attachment: Fields, who: Mentionable): void {
  const type = textOf(attachment['contentType']);
  if (type === CARD) {
    checkCard(attachment['content'], who);
    return;
  }
  if (type.startsWith('image/')) {
    const url = textOf(attachment['contentUrl']);
    const isAddress = /^https?:\/\//.test(url) || url.startsWith(`data:${type};base64,`);
    if (!isAddress) throw bad('a picture has an address, or is one of base64');
    return;
  }
  if (!ATTACHMENTS.includes(type)) throw bad(`Teams shows nothing of type ${type}`);
  if (!isFields(attachment['content'])) throw bad(`an attachment of type ${type} has a content`);
}

function bad(message: string): Refusal {
  return new Refusal(400, 'BadSyntax', message);
}
