import { UserError } from '#src/errors.ts';

/**
 * A telephone number in E.164. What people write between the digits is taken out; a
 * number without its country is refused, since nobody knows which one was meant.
 */
export function parsePhone(text: string): string {
  const compact = text.replaceAll(/[\s().\-/\u2010-\u2013]/gu, '').replace(/^00/, '+');
  if (/^\+[1-9]\d{6,14}$/.test(compact)) return compact;
  throw new UserError(
    'bad_arguments',
    compact.startsWith('+')
      ? 'That is not a telephone number: after the + come 7 to 15 digits, like +43 660 1234567.'
      : 'Write the telephone number with its country, like +43 660 1234567.',
  );
}
