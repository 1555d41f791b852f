import { describe, expect } from 'vitest';

import { hasBrowser } from '#test/support/browser.ts';
import { test } from '#test/support/in-browser.ts';
import { declared, post, rows, says } from '#test/support/room-page.ts';

describe.runIf(hasBrowser)('the page, whose server answers late or not at all', () => {
  test('leaves a form open that was asked for before all the page shows had come', async ({ page }) => {
    const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
    await page.route('**/web/menu', async (route) => {
      await hold;
      await route.continue();
    });
    await page.goto('/');
    await page.getByRole('main').getByRole('button', { name: 'Declare an incident' }).click();
    const title = page.getByRole('dialog').getByRole('textbox', { name: /title/i });
    await title.fill('quicker than the page');
    const came = page.waitForResponse('**/web/menu');
    letGo();
    await (await came).finished();
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    expect(await title.inputValue()).toBe('quicker than the page');
  });

  test('keeps what it was told while an older answer was on its way', async ({ program, page }) => {
    await page.goto('/');
    await page.getByRole('button', { name: 'Act as' }).waitFor();
    const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: asked, resolve: tellAsked } = Promise.withResolvers<void>();
    await page.route('**/web/rooms', async (route) => {
      const response = await route.fetch();
      tellAsked();
      await hold;
      await route.fulfill({ response });
    });
    await page.evaluate("globalThis.dispatchEvent(new Event('offline'))");
    await page.evaluate("globalThis.dispatchEvent(new Event('online'))");
    await asked;
    await declared(program, 'P3 told of meanwhile');
    const link = page.getByRole('navigation').getByRole('link', { name: /told of meanwhile/ });
    await link.waitFor();
    const came = page.waitForResponse('**/web/rooms');
    letGo();
    await (await came).finished();
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    expect(await link.count()).toBe(1);
  });

  test('asks again for what did not come, though the live connection stood all the while', async ({
    program,
    page,
  }) => {
    const room = await declared(program, 'P2 the database restarts');
    let refused = 0;
    await page.route('**/web/rooms/*/messages', async (route) => {
      refused += 1;
      if (refused > 2) await route.continue();
      else await route.fulfill({ status: 503, json: { error: { message: 'try again' } } });
    });
    await page.goto(room);
    await rows(page).first().waitFor();
    expect(refused).toBe(3);
  });

  test('says that it is loading, not that nothing is open, until the incidents have come', async ({
    program,
    page,
  }) => {
    await declared(program, 'P1 not told yet');
    let isDown = true;
    await page.route('**/api/v1/incidents?*', async (route) => {
      if (isDown) await route.fulfill({ status: 503, json: { error: { message: 'try again' } } });
      else await route.continue();
    });
    await page.goto('/');
    await page
      .getByRole('navigation')
      .getByRole('link', { name: /not.told.yet/ })
      .waitFor();
    await page.getByRole('main').getByText('Loading…').waitFor();
    expect(await page.getByText(/Nothing is open|All quiet|^Welcome/).count()).toBe(0);
    isDown = false;
    await page.getByRole('main').getByRole('link', { name: 'not told yet' }).waitFor();
  });

  test('shows an open incident that is not among those that changed last', async ({ program, page }) => {
    await declared(program, 'P0 open for a long while');
    await page.route('**/api/v1/incidents?sort=updated_at*', async (route) => {
      await route.fulfill({ json: { incidents: [] } });
    });
    await page.goto('/');
    const link = page.getByRole('main').getByRole('link', { name: 'open for a long while' });
    await expect.poll(async () => await link.count()).toBe(1);
  });

  test('asks again for a thread that did not come', async ({ program, page }) => {
    await page.goto(await declared(program, 'P3 a thread'));
    await says(page, 'what do the graphs say?');
    const asked = rows(page).filter({ hasText: 'the graphs' });
    await asked.hover();
    await asked.getByRole('button', { name: 'Reply in a thread' }).click();
    await page.getByRole('combobox', { name: 'Reply' }).fill('they are flat');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '1 reply' }).waitFor();
    await page.route(
      '**/web/messages/*/thread*',
      async (route) => {
        await route.fulfill({ status: 503, json: { error: { message: 'try again' } } });
      },
      { times: 1 },
    );
    await page.reload();
    await page.getByRole('button', { name: '1 reply' }).click();
    const thread = page.getByRole('region', { name: 'Thread' });
    await thread.getByText('Loading…').waitFor();
    await expect
      .poll(async () => await thread.getByText('they are flat').count(), { timeout: 15_000 })
      .toBe(1);
  });

  test('keeps what others did to a message while an older answer about it was on its way', async ({
    program,
    page,
  }) => {
    const room = await declared(program, 'P3 two hands at one message');
    await page.goto(room);
    await post(program, room, 'look at this');
    const row = rows(page).filter({ hasText: 'look at this' });
    const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
    await page.route('**/web/messages/*/pin', async (route) => {
      const response = await route.fetch();
      await hold;
      await route.fulfill({ response });
    });
    await row.focus();
    await page.keyboard.press('p');
    await row.getByText('Pinned').waitFor();
    const other = await page.context().newPage();
    await other.goto(room);
    const theirs = rows(other).filter({ hasText: 'look at this' });
    await theirs.hover();
    await theirs.getByRole('button', { name: 'React' }).click();
    await other.getByRole('menuitem', { name: '👀' }).click();
    const reaction = row.locator('.reactions').getByText('👀');
    await reaction.waitFor();
    const came = page.waitForResponse('**/web/messages/*/pin');
    letGo();
    await (await came).finished();
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    expect(await reaction.count()).toBe(1);
  });
});
