import path from 'node:path';
import { env } from 'node:process';

import { describe, expect } from 'vitest';

import { hasBrowser } from '#test/support/browser.ts';
import { test } from '#test/support/in-browser.ts';
import { noSeriousFinding, watchForProblems } from '#test/support/page-problems.ts';
import { says } from '#test/support/room-page.ts';

/** The README's picture; `UPDATE_PICTURE=1 npm test -- --project browser` takes it again. */
const PICTURE = path.join(import.meta.dirname, '../../adapters/web/war-room.png');

describe.runIf(hasBrowser)('a newcomer', () => {
  test('is taken from the first page to a resolved incident in a few minutes', async ({
    program,
    newContext,
  }) => {
    const page = await (await newContext({ viewport: { width: 1440, height: 900 } })).newPage();
    const problems = watchForProblems(page);
    await page.goto(program.url);
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    await noSeriousFinding(page);
    expect(await page.locator('code, pre').filter({ hasText: 'curl' }).first().innerText()).toContain('im_');

    await page.getByRole('button', { name: 'Send a sample alert' }).first().click();
    const panel = page.getByRole('region', { name: /^INC-1/ });
    await panel.getByRole('button', { name: 'Acknowledge' }).click();
    await panel.getByText('Acknowledged', { exact: true }).first().waitFor();

    await says(page, '/incident note the edge host has no route to its provider');
    await says(page, '/incident assign @responder');
    await panel.getByText('Demo Responder').first().waitFor();
    await says(page, 'Rolling the last network change back now.');
    await page.getByText('Rolling the last network change back now.').waitFor();
    await noSeriousFinding(page);
    if (env['UPDATE_PICTURE']) await page.screenshot({ path: PICTURE });

    await says(page, '/incident resolve the network change was rolled back');
    await panel.getByRole('button', { name: 'Reopen' }).waitFor();
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await timeline
      .getByText(/resolved it/)
      .first()
      .waitFor();
    await timeline
      .getByText(/no route to its provider/)
      .first()
      .waitFor();
    expect(problems).toEqual([]);
  });

  test('on a phone at night finds the incident, its room and its card, and nothing is hard to use', async ({
    program,
    newContext,
  }) => {
    const phone = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true } as const;
    const page = await (await newContext(phone)).newPage();
    const problems = watchForProblems(page);
    await program.call('POST', '/api/v1/commands', { text: 'declare P1 search is slow' });
    await page.goto(program.url);
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    await noSeriousFinding(page);
    await page.getByText('search is slow').filter({ visible: true }).first().click();
    await page.getByRole('combobox', { name: 'Message' }).waitFor();
    await page.getByRole('button', { name: 'Acknowledge' }).filter({ visible: true }).first().click();
    await page.getByRole('button', { name: 'Start', exact: true }).first().waitFor();
    await noSeriousFinding(page);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
    expect(problems).toEqual([]);
  });
});
