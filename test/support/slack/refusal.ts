import type { Json } from './json.ts';

/** Slack's answer when it does not do what it was asked: one of its own error words. */
export class Refusal extends Error {
  readonly word: string;
  readonly details: Json;

  constructor(word: string, details: Json = {}) {
    super(word);
    this.word = word;
    this.details = details;
  }
}

/** An argument is wrong; the messages say which and why, as Slack's do. */
export function invalidArguments(...messages: readonly string[]): Refusal {
  return badly('invalid_arguments', messages);
}

export function badly(word: string, messages: readonly string[]): Refusal {
  return new Refusal(word, {
    errors: messages,
    response_metadata: { messages: messages.map((it) => `[ERROR] ${it}`) },
  });
}

/**
 * Words that a correct program meets as well, for they depend on what others
 * did in the meantime. All other refusals are mistakes of the program.
 */
export const STATE_WORDS = new Set([
  'already_archived',
  'already_in_channel',
  'already_pinned',
  'already_reacted',
  'cant_invite',
  'channel_not_found',
  'file_not_found',
  'is_archived',
  'message_not_found',
  'name_taken',
  'no_reaction',
  'not_archived',
  'not_found',
  'not_in_channel',
  'not_pinned',
  'ratelimited',
  'token_revoked',
  'user_disabled',
  'user_not_found',
  'user_not_in_channel',
  'users_not_found',
]);
