import { UserError } from '#src/errors.ts';

/** More than these is a mistake, or would make everybody else wait. */
export const LIMITS = {
  name: 200,
  layers: 50,
  turns: 500,
  peopleOfATurn: 50,
  restrictions: 50,
  overrides: 2000,
  temporaries: 200,
  holidays: 2000,
} as const;

/** @throws UserError always */
export function refuse(sentence: string, at: string): never {
  throw new UserError('bad_arguments', sentence, { at });
}

export function refuseMore(list: readonly unknown[], limit: number, what: string, at: string): void {
  if (list.length <= limit) return;
  throw new UserError('too_many', `There are ${list.length} ${what}; ${limit} is the most. Remove some.`, {
    at,
  });
}

/** @param sentence what is said of the one that is there twice */
export function refuseTwice(list: readonly string[], sentence: (twice: string) => string, at: string): void {
  const twice = list.find((it, index) => list.indexOf(it) !== index);
  if (twice !== undefined) refuse(sentence(twice), at);
}

/** Reads something, and says whose it is where it cannot be read. */
export function saying<T>(whose: string, at: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw new UserError(error.code, `${whose}: ${error.message}`, { at });
    throw error;
  }
}
