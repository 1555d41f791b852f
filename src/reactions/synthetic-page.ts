import { checkSyntheticPage, sendSyntheticPage } from '#src/engine/synthetic-page.ts';

import type { Deps } from './deps.ts';
import { PRIORITY, type Errand } from './reaction.ts';

/** Sends the weekly test page; with the priority of a page, since it is to show how long those take. */
export const syntheticPage: Errand<Deps> = {
  name: 'synthetic-page',
  kinds: ['synthetic-page'],
  priority: PRIORITY.paging,
  run: async ({ dueAt }, { system }) => await sendSyntheticPage(system, dueAt),
};

/** Sees whether it went. */
export const syntheticCheck: Errand<Deps> = {
  name: 'synthetic-check',
  kinds: ['synthetic-check'],
  priority: PRIORITY.paging,
  run: async ({ subject }, { system }) => await checkSyntheticPage(system, subject),
};
