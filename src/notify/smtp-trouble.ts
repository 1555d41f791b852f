import { ProviderError } from '#src/errors.ts';
import { cleanLine } from '#src/incident/text.ts';

import type { Meaning } from './statuses.ts';

const MOST_SAID = 300;

/**
 * What a failed mail means. A reply of 4xx is for another time and one of 5xx is for
 * ever (RFC 5321, 4.2.1); an address that does not exist or takes no mail is gone
 * (RFC 3463: X.1.x, X.2.1). Without a reply nobody knows, and it is tried again.
 *
 * @param otherwise what to say instead, where our own patience ended it
 */
export function smtpTrouble(error: unknown, otherwise: string | null): ProviderError {
  const { code, responseCode, response, command, message } = readable(error);
  const said = otherwise ?? cleanLine(response ?? message, MOST_SAID);
  const meaning = otherwise === null ? meaningOfReply(responseCode, response ?? '', command, code) : 'retry';
  return new ProviderError('email', said, {
    retry: meaning === 'retry',
    ...(meaning === 'gone' ? { gone: 'person' as const } : {}),
    cause: error,
  });
}

/** What is wrong with the set-up, and not with the line. */
const SET_UP_WRONG = new Set(['ETLS', 'EREQUIRETLS', 'ENOAUTH', 'ECONFIG', 'EENVELOPE']);

function meaningOfReply(
  reply: number | undefined,
  response: string,
  command: string | undefined,
  code: string | undefined,
): Meaning {
  if (reply === undefined) return code !== undefined && SET_UP_WRONG.has(code) ? 'stop' : 'retry';
  if (reply < 500) return 'retry';
  const [, detailed] = /^5\d\d[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? [];
  if (detailed !== undefined) return /^5\.(?:1\.[0-36]|2\.1)$/.test(detailed) ? 'gone' : 'stop';
  return command === 'RCPT TO' && [550, 551, 553].includes(reply) ? 'gone' : 'stop';
}

interface Readable {
  readonly code: string | undefined;
  readonly responseCode: number | undefined;
  readonly response: string | undefined;
  readonly command: string | undefined;
  readonly message: string;
}

/** One recipient is refused with an error inside the error. */
function readable(error: unknown): Readable {
  const it = (error ?? {}) as Partial<Readable> & { rejectedErrors?: unknown };
  const [inner] = Array.isArray(it.rejectedErrors) ? (it.rejectedErrors as Partial<Readable>[]) : [];
  return {
    code: it.code,
    responseCode: inner?.responseCode ?? it.responseCode,
    response: inner?.response ?? it.response,
    command: inner?.command ?? it.command,
    message: it.message ?? String(error),
  };
}
