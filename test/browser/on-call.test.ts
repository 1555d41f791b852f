import { readFileSync } from 'node:fs';
import path from 'node:path';
import { env } from 'node:process';

import type { BrowserContextOptions } from 'playwright-core';
import { describe, expect } from 'vitest';

import { hasBrowser } from '#test/support/browser.ts';
import { test as base } from '#test/support/in-browser.ts';
import { noSeriousFinding, watchForProblems } from '#test/support/page-problems.ts';

/** The README's pictures; `UPDATE_PICTURE=1 npm test -- --project browser` takes them again. */
const PICTURES = path.join(import.meta.dirname, '../../adapters/web');
const EXAMPLE = readFileSync(path.join(import.meta.dirname, '../../manifests/on-call.example.yaml'), 'utf8');
/** Wide enough for a calendar, with the clocks of the example. */
const DESK = {
  viewport: { width: 1440, height: 900 },
  timezoneId: 'Europe/Berlin',
  locale: 'en-GB',
} as const;
const PICTURE = { policy: { width: 1180, height: 600 }, calendar: { width: 1280, height: 720 } } as const;
const DAY_MS = 86_400_000;

interface OnCall {
  readonly schedule: string;
  readonly next_handoff: { readonly at: string } | null;
  readonly next: readonly { readonly person: string }[];
}

const test = base.extend('open', ({ newContext }) => async (at: string, options: BrowserContextOptions) => {
  const page = await (await newContext(options)).newPage();
  const problems = watchForProblems(page);
  await page.goto(at);
  return { page, problems };
});

describe.runIf(hasBrowser)('the pages of who is on call', () => {
  test('say what to do while nobody is on call, and make a schedule with a form', async ({ open }) => {
    const { page, problems } = await open('/', DESK);
    await page.getByRole('link', { name: 'On call' }).click();
    await page.getByRole('heading', { name: 'Nobody is on call yet' }).waitFor();
    await page.getByText('config apply on-call.yaml').waitFor();
    await page.getByRole('button', { name: 'Make a schedule' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('textbox', { name: 'Name of the schedule' }).fill('Data & search');
    await form.getByRole('button', { name: 'Show what changes' }).click();
    await form.getByText(/has nobody in its rotation/).waitFor();
    await form.getByLabel('People in order').selectOption({ label: 'Demo Responder' });
    await form.getByRole('button', { name: 'As the next turn' }).click();
    await form.getByRole('button', { name: 'Show what changes' }).click();
    await form.getByText('Schedule data-search is added.').waitFor();
    await noSeriousFinding(page);
    await form.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('heading', { name: 'On call now' }).waitFor();
    await page.getByText('Demo Responder has no way to be told but the page itself').waitFor();
    // A refusal is an answer of the server, which the browser notes.
    expect(problems.filter((it) => !it.includes('400'))).toEqual([]);
  });

  test('show a schedule as a calendar, in which somebody else is put on call and taken back', async ({
    program,
    open,
  }) => {
    const applied = await program.call('POST', '/api/v1/config/apply', { file: EXAMPLE });
    expect(applied.status).toBe(200);
    const { page, problems } = await open('/on-call/schedules/payments', DESK);
    const shift = page.getByRole('button', { name: /is on call .*layer Primary/ }).last();
    const who = (await shift.getAttribute('title'))?.split(' ')[0] ?? '';
    const other = who === 'Ana' ? 'Bo' : 'Ana';
    await shift.click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Who', { exact: true }).selectOption({ label: other });
    await form.getByLabel('Why').fill('<b>a train</b>');
    const until = form.getByLabel('Until');
    const end = await until.inputValue();
    await until.fill(await form.getByLabel('From').inputValue());
    await form.getByRole('button', { name: 'Put on call' }).click();
    await form.getByText(/It would end before it begins/).waitFor();
    await until.fill(end);
    await form.getByRole('button', { name: 'Put on call' }).click();
    const cover = page.getByRole('button', { name: `for ${who}: <b>a train</b>` }).first();
    await cover.waitFor();
    await noSeriousFinding(page);

    // With the keyboard alone: from day to day, into the form, and out again.
    await page.locator('button[aria-current="date"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await form.getByRole('radio', { name: 'beside whoever is on call' }).waitFor();
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
    await cover.click();
    await form.getByRole('button', { name: 'Take it back' }).click();
    await cover.waitFor({ state: 'detached' });
    expect(problems.filter((it) => !it.includes('400'))).toEqual([]);
  });

  test('draw a policy level by level, with who that is and what would happen now', async ({
    program,
    open,
  }) => {
    const { body } = await program.call('GET', '/api/v1/on-call');
    const payments = (body as OnCall[]).find((it) => it.schedule === 'payments');
    const from = Date.parse(payments?.next_handoff?.at ?? '') + DAY_MS;
    const times = { from: new Date(from).toISOString(), to: new Date(from + 2 * DAY_MS).toISOString() };
    const other = payments?.next[0]?.person;
    const override = { kind: 'replace', person: other === 'cy' ? 'bo' : 'cy', instead_of: other };
    const made = await program.call('POST', '/api/v1/schedules/payments/overrides', {
      ...override,
      ...times,
      reason: 'a day off',
    });
    expect(made.status).toBe(201);
    const { page, problems } = await open('/on-call/policies/payments', DESK);
    const picture = page.getByRole('region', { name: 'Policy Payments' });
    await picture.getByText('Incidents of every kind').waitFor();
    await picture.getByText('no answer for 5 min').waitFor();
    await picture.getByText('everybody of the team Payments').waitFor();
    const steps = page.getByRole('region', { name: 'What would happen now' }).getByRole('listitem');
    expect(await steps.first().innerText()).toContain('at once');
    await steps.filter({ hasText: '+5 min' }).getByText('Ana, Bo and Cy').waitFor();
    await noSeriousFinding(page);
    if (env['UPDATE_PICTURE']) {
      await page.setViewportSize(PICTURE.policy);
      await page.getByRole('main').screenshot({ path: path.join(PICTURES, 'policy.png') });
      await page.setViewportSize(PICTURE.calendar);
      await page.goto(`${program.url}/on-call/schedules/payments`);
      await page.locator('.cal-bar', { hasText: 'a day off' }).first().waitFor();
      await page.screenshot({ path: path.join(PICTURES, 'on-call-calendar.png') });
    }
    expect(problems).toEqual([]);
  });

  test('are a list on a phone at night, and nothing is hard to use', async ({ open }) => {
    const phone = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true } as const;
    const { page, problems } = await open('/on-call', phone);
    await noSeriousFinding(page);
    await page.getByRole('link', { name: 'Payments' }).first().click();
    await page.getByRole('listitem').getByText('now', { exact: true }).first().waitFor();
    await noSeriousFinding(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    expect(problems).toEqual([]);
  });

  test('keep what is being written while the shift it is about ends and another one begins', async ({
    program,
    open,
  }) => {
    const { page } = await open('/', DESK);
    await page.clock.install();
    const from = new Date().getTime();
    const [ends, later] = [from + 90_000, from + DAY_MS].map((at) => new Date(at).toISOString());
    const duty = { from: new Date(0).toISOString(), until: ends, why: 'layer', layer: 'Primary' };
    const first = { ...duty, person: 'ana', instead_of: null, reason: null, by: null, override: null };
    let known = { on_call: [first], next_handoff: { at: ends } };
    await page.route('**/api/v1/on-call', async (route) => {
      const rota = (await (await route.fetch()).json()) as OnCall[];
      const payments = rota.filter((it) => it.schedule === 'payments');
      await route.fulfill({ json: payments.map((it) => ({ ...it, ...known })) });
    });
    await page.goto(`${program.url}/on-call`);
    await page.getByRole('button', { name: 'Put somebody else on call' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Why').fill('a train');
    known = { on_call: [{ ...first, person: 'bo', until: later }], next_handoff: { at: later } };
    await page.clock.fastForward('02:00');
    await page.locator('.oncall-holders').getByText('Bo').waitFor();
    expect(await form.getByRole('radio', { name: 'instead of Ana, wherever Ana would be' }).count()).toBe(1);
    expect(await form.getByLabel('Why').inputValue()).toBe('a train');
  });

  test('keep the form of the first schedule when a colleague was quicker', async ({ program, open }) => {
    const { page } = await open('/', DESK);
    await page.clock.install();
    await page.route('**/api/v1/on-call', async (route) => await route.fulfill({ json: [] }));
    await page.goto(`${program.url}/on-call`);
    await page.getByRole('button', { name: 'Make a schedule' }).click();
    const name = page.getByRole('dialog').getByRole('textbox', { name: 'Name of the schedule' });
    await name.fill('Search');
    await page.unroute('**/api/v1/on-call');
    await page.clock.fastForward('01:30');
    await page.getByRole('heading', { name: 'On call now' }).waitFor();
    expect(await name.count()).toBe(1);
    expect(await name.inputValue()).toBe('Search');
  });

  test('offer to apply only what was shown, however late that comes', async ({ open }) => {
    const { page } = await open('/on-call', DESK);
    const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
    await page.route('**/plan', async (route) => {
      await hold;
      await route.continue();
    });
    await page.getByRole('button', { name: 'Make another schedule' }).click();
    const form = page.getByRole('dialog');
    const name = form.getByRole('textbox', { name: 'Name of the schedule' });
    await name.fill('Search');
    await form.getByLabel('People in order').selectOption({ label: 'Ana' });
    await form.getByRole('button', { name: 'As the next turn' }).click();
    const came = page.waitForResponse('**/plan');
    await form.getByRole('button', { name: 'Show what changes' }).click();
    await name.fill('Search and find');
    letGo();
    await (await came).finished();
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    expect(await form.getByRole('button', { name: 'Apply' }).count()).toBe(0);
    await form.getByRole('button', { name: 'Show what changes' }).click();
    await form.getByText('Schedule search-and-find is added.').waitFor();
  });

  test('leave at each layer what was said and begun there when another one is removed', async ({ open }) => {
    const { page } = await open('/on-call', DESK);
    await page.getByRole('button', { name: 'Make another schedule' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('textbox', { name: 'Name of the schedule' }).fill('Search');
    await form.getByLabel('People in order').selectOption({ label: 'Ana' });
    await form.getByRole('button', { name: 'As the next turn' }).click();
    await form.getByRole('button', { name: 'Add a layer' }).click();
    await form.getByLabel('Add', { exact: true }).selectOption({ label: 'Bo' });
    await form.getByRole('button', { name: 'Show what changes' }).click();
    await form.getByText(/has nobody in its rotation/).waitFor();
    await form.getByRole('button', { name: 'Remove this layer' }).first().click();
    expect(await form.getByRole('group', { name: 'Layer 1' }).count()).toBe(1);
    expect(await form.getByText(/has nobody in its rotation/).count()).toBe(1);
    expect(await form.getByLabel('People in order').inputValue()).toBe('');
  });
});
