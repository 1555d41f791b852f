import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';

import { hasBrowser } from '#test/support/browser.ts';
import { test } from '#test/support/in-browser.ts';
import { declared } from '#test/support/room-page.ts';

const REFUSED = 'The server cannot be reached right now.';

describe.runIf(hasBrowser)('what somebody fills in on the page', () => {
  test('stays when somebody presses at the edge of the form, where it scrolls, or beside it', async ({
    page,
  }) => {
    const title = await declaring(page);
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

  test('is done once, though its first answer was lost and it was sent again', async ({ program, page }) => {
    await page.route('**/web/forms', async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    });
    const title = await declaring(page);
    await title.fill('declared through a bad line');
    await sendIt(page);
    await page.getByText(REFUSED).waitFor();
    await page.unroute('**/web/forms');
    await sendIt(page);
    await page.getByRole('heading', { level: 1, name: 'declared through a bad line' }).waitFor();
    const { body } = await program.call('GET', '/api/v1/incidents?page_size=100');
    const { incidents } = body as { incidents: { title: string }[] };
    expect(incidents.filter((it) => it.title === 'declared through a bad line')).toHaveLength(1);
  });

  test('has a button pressed again under the same id, when its answer was lost', async ({
    program,
    page,
  }) => {
    const ids: string[] = [];
    await page.route('**/web/messages/*/press', async (route) => {
      ids.push((route.request().postDataJSON() as { id: string }).id);
      if (ids.length === 1) await route.abort('connectionreset');
      else await route.continue();
    });
    await page.goto(await declared(program, 'P2 a button'));
    const messages = page.getByRole('list', { name: 'Messages' });
    const button = messages.getByRole('button', { name: 'Acknowledge' });
    await button.click();
    await messages.getByText(REFUSED).waitFor();
    await button.click();
    await expect.poll(() => ids.length).toBe(2);
    expect(ids[1]).toBe(ids[0]);
  });

  test('is not closed or replaced by the late answer to another form', async ({ page }) => {
    const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
    await page.route('**/web/forms', async (route) => {
      await hold;
      await route.continue();
    });
    const first = await declaring(page);
    await first.fill('the slow one');
    await sendIt(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const second = await declaring(page, 'stay');
    expect(await second.inputValue()).toBe('');
    await second.fill('the next one');
    const came = page.waitForResponse('**/web/forms');
    letGo();
    await (await came).finished();
    await page.locator('.open-list').getByText('the slow one').waitFor();
    await page.evaluate('new Promise((drawn) => setTimeout(drawn, 1000))');
    expect(await second.inputValue()).toBe('the next one');
  });

  test('is told why, when its form was closed before the server refused it', async ({ page }) => {
    const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
    await page.route('**/web/forms', async (route) => {
      await hold;
      await route.abort('connectionreset');
    });
    const title = await declaring(page);
    await title.fill('closed too early');
    await sendIt(page);
    await page.keyboard.press('Escape');
    letGo();
    await expect.poll(async () => await page.getByText(REFUSED).count()).toBe(1);
  });

  test('is not left by a key that drop-downs know too', async ({ page }) => {
    await page.goto('/on-call');
    await page.getByRole('button', { name: 'Make a schedule' }).click();
    const name = page.getByRole('textbox', { name: 'Name of the schedule' });
    await name.fill('not saved yet');
    await page.getByRole('combobox', { name: 'People in order' }).press('Alt+ArrowDown');
    await page.keyboard.press('Control+k');
    expect(await name.inputValue()).toBe('not saved yet');
    expect(await page.getByRole('dialog').count()).toBe(1);
  });

  test('gives the focus back, and its search leads to nothing that was searched for before', async ({
    program,
    page,
  }) => {
    await page.goto(await declared(program, 'P2 a search'));
    const composer = page.locator('.room .composer textarea');
    await composer.fill('a quagga was seen');
    await composer.press('Enter');
    await page.getByRole('list', { name: 'Messages' }).getByText('a quagga was seen').waitFor();
    await page.keyboard.press('Control+k');
    const search = page.getByRole('combobox', { name: /Search rooms/ });
    await search.fill('quagga');
    const found = page.getByRole('option', { name: /a quagga was seen/ });
    await found.waitFor();
    await page.route('**/web/search*', async (route) => await route.abort('connectionreset'));
    await search.fill('quagga elsewhere');
    await search.press('Enter');
    await page.getByText('Messages cannot be searched right now.').waitFor();
    expect(await found.count()).toBe(0);
    await search.press('Escape');
    await search.waitFor({ state: 'detached' });
    expect(await page.locator('.room .composer textarea:focus').count()).toBe(1);
  });

  test('can be typed into at once', async ({ page }) => {
    const title = await declaring(page);
    await title.waitFor();
    await page.keyboard.type('the search is slow');
    expect(await title.inputValue()).toBe('the search is slow');
  });
});

async function declaring(page: Page, where: 'go' | 'stay' = 'go'): Promise<Locator> {
  if (where === 'go') await page.goto('/');
  await page.getByRole('main').getByRole('button', { name: 'Declare an incident' }).click();
  return page.getByRole('dialog').getByRole('textbox', { name: /title/i });
}

async function sendIt(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Declare' }).click();
}

async function middleOf(dialog: Locator): Promise<{ clientX: number; clientY: number }> {
  const { x = 0, y = 0, width = 0, height = 0 } = (await dialog.boundingBox()) ?? {};
  return { clientX: x + width / 2, clientY: y + height / 2 };
}
