import { z } from 'zod';

import { setting } from './config-chat.ts';
import { UserError } from './errors.ts';

/**
 * What a process does. `http`: answers everything that comes over the web. `chat`: holds the connections of
 * chat platforms. `worker`: runs what follows by itself. `scheduler`: timers, sweeps and what is done now and then.
 */
export const RUN_ROLES = ['http', 'chat', 'worker', 'scheduler'] as const;
export type RunRole = (typeof RUN_ROLES)[number];

const ALL = RUN_ROLES.join(',');
const IN_WORDS = 'the roles are http, chat, worker and scheduler';

/** How the program is divided over processes. */
export const RUN_SETTINGS = {
  ROLES: setting(
    `What this process does, of ${RUN_ROLES.join(', ')}, separated by commas; each must be done by some process. Other than all needs DATABASE_URL.`,
    z
      .string()
      .default(ALL)
      .transform((it) => it.split(',').map((word) => word.trim()))
      .superRefine((words, ctx) => {
        const unknown = words.filter((it) => !isRole(it));
        if (unknown.length === 0) return;
        const said = unknown.map((it) => `"${it}"`).join(', ');
        ctx.addIssue({ code: 'custom', message: `there is no role ${said}; ${IN_WORDS}` });
      })
      .transform((words) => RUN_ROLES.filter((it) => words.includes(it))),
  ),
  REDIS_URL: setting(
    'A Redis 5 or newer by which processes share their work sooner, and their limits. It may lose everything at any time.',
    z.url({ protocol: /^rediss?$/ }).optional(),
  ),
} as const;

/** @throws UserError where the built-in database is to be shared: it belongs to one process */
export function toRoles(raw: {
  readonly ROLES: readonly RunRole[];
  readonly DATABASE_URL?: string | undefined;
}): ReadonlySet<RunRole> {
  if (raw.DATABASE_URL === undefined && raw.ROLES.length < RUN_ROLES.length) {
    throw new UserError(
      'bad_arguments',
      'ROLES: the built-in database belongs to one process, which does everything. Set DATABASE_URL, or leave ROLES out.',
    );
  }
  return new Set(raw.ROLES);
}

function isRole(word: string): word is RunRole {
  return (RUN_ROLES as readonly string[]).includes(word);
}
