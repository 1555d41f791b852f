import { z } from 'zod';

import { setting } from './config-chat.ts';
import { UserError } from './errors.ts';
import type { Rate } from './jobs/pace.ts';

/** How work is handed from process to process, and how fast it may go out. `REDIS_URL` is with the roles. */
export const QUEUE_SETTINGS = {
  EMAIL_PER_MINUTE: setting(
    'Emails in a minute, where the mail server takes only so many: of all processes together with REDIS_URL, else of each. Not set: as many as there are.',
    z.coerce.number().int().min(6).max(100_000).optional(),
  ),
} as const;

interface Raw {
  readonly REDIS_URL?: string | undefined;
  readonly DATABASE_URL?: string | undefined;
  readonly EMAIL_PER_MINUTE?: number | undefined;
}

/** @throws UserError where it could not be shared: the built-in database belongs to one process */
export function toRedis({ REDIS_URL, DATABASE_URL }: Raw): string | undefined {
  if (REDIS_URL !== undefined && DATABASE_URL === undefined) {
    throw new UserError(
      'bad_arguments',
      'REDIS_URL: Redis is for several processes, and the built-in database belongs to one. Set DATABASE_URL too, or leave REDIS_URL out.',
    );
  }
  return REDIS_URL;
}

/** How often each destination may be called, where that is said; a sixth of a minute's at once. */
export function toRates({ EMAIL_PER_MINUTE: perMinute }: Raw): ReadonlyMap<string, Rate> {
  if (perMinute === undefined) return new Map();
  return new Map([['email', { most: Math.floor(perMinute / 6), perMs: 10_000 }]]);
}
