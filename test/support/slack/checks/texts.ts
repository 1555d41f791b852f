import { isObject, textOf } from '#test/support/slack/json.ts';

/** A text object's length, with its escapes; it must not be empty. */
export function* textProblems(text: unknown, most: number, at: string): Generator<string> {
  if (!isObject(text)) {
    yield `missing required field: text [json-pointer:${at}]`;
    return;
  }
  const words = textOf(text['text']);
  if (words.trim() === '') yield `must be more than 0 characters [json-pointer:${at}/text]`;
  if (words.length > most) yield `must be less than ${most + 1} characters [json-pointer:${at}/text]`;
}
