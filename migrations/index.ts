import type { Migration } from 'kysely/migration';

import * as foundation from './0001-foundation.ts';

/** In the order they run. Forward only: a mistake is mended by the next one. */
export const migrations: Record<string, Migration> = {
  '0001-foundation': foundation,
};
