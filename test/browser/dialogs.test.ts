import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { hasBrowser, openBrowser } from '#test/support/browser.ts';
import { startProgram, type Program } from '#test/support/program.ts';

describe.runIf(hasBrowser)('what somebody fills in on the page', () => {
  let folder: string;
  let program: Program;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'dialogs-'));
    program = await startProgram({ DATA_DIR: folder });
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await program?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    page = await (await browser.newContext({ baseURL: program.url })).newPage();
  });
  afterEach(async () => await page.context().close());

  test('stays when somebody presses at the edge of the form, where it scrolls, or beside it', async () => {
    const title = await declaring();
    await title.fill('much to type');
    const dialog = page.getByRole('dialog');
    await dialog.dispatchEvent('mousedown', await middleOf(dialog));
    expect(await title.inputValue()).toBe('much to type');
    await page.mouse.click(3, 3);
    expect(await title.inputValue()).toBe('much to type');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await dialog.dispatchEvent('mousedown', await middleOf(dialog));
    await dialog.getByRole('heading', { name: 'Help' }).waitFor();
    await page.mouse.click(3, 3);
    await dialog.waitFor({ state: 'detached' });
  });

  async function declaring(where: 'go' | 'stay' = 'go'): Promise<Locator> {
    if (where === 'go') await page.goto('/');
    await page.getByRole('main').getByRole('button', { name: 'Declare an incident' }).click();
    return page.getByRole('dialog').getByRole('textbox', { name: /title/i });
  }
});

async function middleOf(dialog: Locator): Promise<{ clientX: number; clientY: number }> {
  const { x = 0, y = 0, width = 0, height = 0 } = (await dialog.boundingBox()) ?? {};
  return { clientX: x + width / 2, clientY: y + height / 2 };
}
