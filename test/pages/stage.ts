import { join } from 'node:path';

import { makeTemplate, prepareDataFolder } from '#src/db/data-folder.ts';
import { startEmbedded } from '#src/db/embedded.ts';
import { migrate } from '#src/db/migrate.ts';
import { handleOver } from '#src/db/open.ts';
import { emptyDatabase } from '#test/support/empty-database.ts';
import { makeTemporaryFolder, removeFolder } from '#test/support/temporary.ts';

import type { Stage } from './play.ts';

/** A built-in database of its own, in a folder that goes with it. */
export async function openStage(): Promise<Stage & { readonly close: () => Promise<void> }> {
  await makeTemplate();
  const folder = makeTemporaryFolder();
  const data = join(folder, 'database');
  await prepareDataFolder(data);
  const embedded = await startEmbedded(data);
  const pool = embedded.newPool();
  const db = handleOver(pool);
  await migrate(db);
  return {
    pool,
    alone: true,
    db,
    empty: () => emptyDatabase(db),
    close: async () => {
      await embedded.close();
      removeFolder(folder);
    },
  };
}
