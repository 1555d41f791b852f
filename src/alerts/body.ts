import { UserError } from '#src/errors.ts';

/**
 * The body of a webhook as data, whatever its sender calls it: JSON, an
 * HTML form, or plain text. Senders often declare the wrong type, so the
 * content decides; a form's `payload` field that holds JSON is the payload.
 * Throws UserError('bad_payload') for what begins like JSON and is not, and
 * for an empty body.
 */
export function parseBody(body: string): unknown {
  const trimmed = body.replace(/^\uFEFF/, '').trim();
  if (trimmed === '') throw new UserError('bad_payload', 'The body is empty.');
  if (/^[[{"]/.test(trimmed) && !TAGGED.test(trimmed)) return parseJson(trimmed);
  return FORM.test(trimmed) ? parseForm(trimmed) : trimmed;
}

/** Plain text such as `[FIRING:1] DiskFull`, which begins like a list and is none. */
const TAGGED = /^\[[^[\]{}",]{1,60}\]\s*\S/;

/** `name=value` joined by `&`, no blanks or line ends anywhere, as a form post has them. */
const FORM = /^[^\s=&]{1,200}=[^\s&]*(?:&[^\s=&]{1,200}=[^\s&]*)*$/;

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unreadable';
    throw new UserError('bad_payload', `The body is not valid JSON: ${reason.slice(0, 200)}`);
  }
}

function parseForm(body: string): unknown {
  const fields = Object.fromEntries(new URLSearchParams(body));
  const inner = fields['payload'];
  return inner !== undefined && /^\s*[[{]/.test(inner) ? parseJson(inner) : fields;
}
