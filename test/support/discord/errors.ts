/** Discord's numbers for what it refuses, with the HTTP status and the words that go with each. */
const CODES: Readonly<Record<number, readonly [status: number, message: string]>> = {
  10003: [404, 'Unknown Channel'],
  10004: [404, 'Unknown Guild'],
  10007: [404, 'Unknown Member'],
  10008: [404, 'Unknown Message'],
  10009: [404, 'Unknown Overwrite'],
  10011: [404, 'Unknown Role'],
  10013: [404, 'Unknown User'],
  10014: [400, 'Unknown Emoji'],
  10015: [404, 'Unknown Webhook'],
  10062: [404, 'Unknown interaction'],
  10063: [404, 'Unknown application command'],
  20009: [400, 'Explicit content cannot be sent to the desired recipient(s)'],
  30003: [400, 'Maximum number of pinned messages reached (250)'],
  30010: [400, 'Maximum number of reactions reached (20)'],
  30013: [400, 'Maximum number of server channels reached (500)'],
  30032: [400, 'Maximum number of application commands reached (100)'],
  30034: [400, 'Maximum number of daily application command creates has been reached (200)'],
  40001: [401, 'Unauthorized. Provide a valid token and try again'],
  40005: [413, 'Request entity too large'],
  40060: [400, 'Interaction has already been acknowledged.'],
  40333: [403, 'internal network error'],
  50001: [403, 'Missing Access'],
  50003: [403, 'Cannot execute action on a DM channel'],
  50005: [403, 'Cannot edit a message authored by another user'],
  50006: [400, 'Cannot send an empty message'],
  50007: [403, 'Cannot send messages to this user'],
  50008: [400, 'Cannot send messages in a non-text channel'],
  50013: [403, 'Missing Permissions'],
  50021: [403, 'Cannot execute action on a system message'],
  50024: [400, 'Cannot execute action on this channel type'],
  50027: [401, 'Invalid Webhook Token'],
  50033: [400, 'Invalid Recipient(s)'],
  50034: [400, 'A message provided was too old to bulk delete'],
  50083: [400, 'Thread is archived'],
  50109: [400, 'The request body contains invalid JSON.'],
  160002: [403, 'Cannot reply without permission to read message history'],
  160004: [400, 'A thread has already been created for this message'],
  160005: [400, 'Thread is locked'],
};

/** A call that Discord refuses, as it says so. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;
  /** Which fields are wrong, nested as the body is. */
  readonly errors: object | undefined;

  constructor(status: number, code: number, message: string, errors?: object) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

/** The refusal of this number. */
export function refusal(code: number): Refusal {
  const [status, message] = CODES[code] ?? [400, `Error ${code}`];
  return new Refusal(status, code, message);
}

/** Throws the refusal of this number where `holds` is false. */
export function need(holds: boolean, code: number): asserts holds {
  if (!holds) throw refusal(code);
}

/** Throws the refusal of this number where there is nothing. */
export function found<T>(it: T | null | undefined, code: number): T {
  if (it === null || it === undefined) throw refusal(code);
  return it;
}

/** What is wrong with a body, field by field; one answer says all of it. */
export class Problems {
  readonly #errors: Record<string, unknown> = {};
  #count = 0;

  /** `path` like `embeds.0.title`. */
  add(path: string, code: string, message: string): void {
    this.#count += 1;
    let at = this.#errors;
    for (const step of path.split('.')) at = (at[step] ??= {}) as Record<string, unknown>;
    const list = (at['_errors'] ??= []) as object[];
    list.push({ code, message });
  }

  /** At least `min` and at most `max` characters; blanks alone are nothing. */
  length(path: string, text: string, min: number, max: number): void {
    if (text.length > max) {
      this.add(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    } else if (text.trim().length < min) {
      if (min === 1) this.add(path, 'BASE_TYPE_REQUIRED', 'This field is required');
      else this.add(path, 'BASE_TYPE_MIN_LENGTH', `Must be ${min} or more in length.`);
    }
  }

  count(path: string, list: readonly unknown[], min: number, max: number): void {
    if (list.length >= min && list.length <= max) return;
    this.add(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
  }

  /** Throws 50035 with everything that was found. */
  check(): void {
    if (this.#count > 0) throw new Refusal(400, 50035, 'Invalid Form Body', this.#errors);
  }
}
