import { z } from 'zod';

import { setting } from './config-chat.ts';

/** Where what is stored is read from, beside DATABASE_URL. */
export const DB_SETTINGS = {
  DATABASE_REPLICA_URL: setting(
    'A streaming replica of the PostgreSQL in DATABASE_URL. Lists that programs ask for, searches and questions are read from it as long as it is less than 2 s behind.',
    z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  ),
} as const;
