import type { BrowserContext, BrowserContextOptions } from 'playwright-core';
import { test as base } from 'vitest';

import { openBrowser } from './browser.ts';
import { startProgram, type Program } from './program.ts';
import { makeTemporaryFolder, removeFolder } from './temporary.ts';

/**
 * The real program and a browser, which all tests of a file share. The browser is closed first: then nobody is
 * connected any more when the program stops.
 *
 * - `settings`: what the program is told beside where its data is; a file may bring its own.
 * - `newContext`: somebody's browser, for tests that need one of a kind of their own; closed at the test's end.
 * - `options`: what `context` is like; a file may bring its own.
 * - `context`, `page`: such a browser for each test, and a page in it.
 */
export const test = base
  .extend('settings', { scope: 'file' }, (): Readonly<Record<string, string>> => ({}))
  .extend('program', { scope: 'file' }, async ({ settings }, { onCleanup }) => {
    const folder = makeTemporaryFolder();
    let program: Program | undefined;
    onCleanup(async () => {
      await program?.stop();
      removeFolder(folder);
    });
    program = await startProgram({ DATA_DIR: folder, ...settings });
    return program;
  })
  .extend('openContext', { scope: 'file' }, async ({ program }, { onCleanup }) => {
    const browser = await openBrowser();
    onCleanup(() => browser.close());
    return async (options: BrowserContextOptions) =>
      await browser.newContext({ baseURL: program.url, ...options });
  })
  .extend('newContext', ({ openContext }, { onCleanup }) => {
    const opened: BrowserContext[] = [];
    onCleanup(async () => {
      for (const context of opened) await leave(context);
    });
    return async (options: BrowserContextOptions = {}) => {
      const context = await openContext(options);
      opened.push(context);
      return context;
    };
  })
  .extend('options', (): BrowserContextOptions => ({}))
  .extend('context', async ({ newContext, options }) => await newContext(options))
  .extend('page', async ({ context }) => await context.newPage());

/** What a page asks for itself may be under way in a route of a test: nobody waits for it any more. */
async function leave(context: BrowserContext): Promise<void> {
  for (const page of context.pages()) await page.unrouteAll({ behavior: 'ignoreErrors' });
  await context.close();
}
