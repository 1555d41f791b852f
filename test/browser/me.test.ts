import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect } from 'vitest';

import { hasBrowser } from '#test/support/browser.ts';
import { test as base } from '#test/support/in-browser.ts';
import { startPushService } from '#test/support/notify/push-service.ts';
import { ACCOUNT, AUTH_TOKEN, FROM, startTwilio, type FakeTwilio } from '#test/support/notify/twilio.ts';
import { noSeriousFinding } from '#test/support/page-problems.ts';

const PHONE = '+436601234567';
const SECOND = { 'x-api-key': '', 'x-act-as': 'second' };

const test = base
  // Nobody listens there: nobody answers a text.
  .extend('smsUrl', { scope: 'file' }, 'http://127.0.0.1:1/notify/twilio/sms')
  .extend('carriers', { scope: 'file' }, async ({ smsUrl }, { onCleanup }) => {
    const twilio = await startTwilio(smsUrl, () => new Date());
    const pushes = await startPushService();
    onCleanup(async () => {
      await pushes.close();
      await twilio.close();
    });
    return { twilio, pushes };
  })
  .extend('settings', { scope: 'file' }, ({ carriers }) => ({
    TWILIO_API_URL: carriers.twilio.url,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    TWILIO_FROM: FROM,
    NOTIFY_PRIVATE_ADDRESSES: 'on',
  }))
  /** A browser of somebody who has set up nothing yet. */
  .extend('opened', ({ newContext }) => async (as: 'responder' | 'second') => {
    const page = await (await newContext()).newPage();
    await page.addInitScript(`sessionStorage.setItem('act-as', '${as}')`);
    return page;
  });

describe.runIf(hasBrowser)('how I am told', () => {
  test('is set up in a minute, and a test page that is answered on the device shows that it works', async ({
    carriers: { twilio, pushes },
    program,
    newContext,
  }) => {
    const context = await newContext({ permissions: ['notifications'] });
    const page = await context.newPage();
    const { body } = await program.call('GET', '/api/v1/me/rules', undefined, { 'x-api-key': '' });
    const device = pushes.subscribe((body as { push_key: string }).push_key);
    await page.addInitScript(subscribesAs, device.subscription);
    await page.goto('/me');
    await page.getByText('now: chat at once.').first().waitFor();

    const where = page.getByLabel('Where');
    await page.getByLabel('By', { exact: true }).selectOption('sms');
    await where.fill('12');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('Write the telephone number with its country').waitFor();
    expect(await where.getAttribute('aria-invalid')).toBe('true');
    await where.fill('+43 660 1234567');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const code = page.getByLabel('The code that was sent there');
    await code.waitFor();
    await code.fill(codeSentBy(twilio));
    await page.getByRole('button', { name: 'Verify' }).click();
    await page.getByText('now: chat at once and text after 2 min.').waitFor();

    await page.getByRole('switch', { name: 'Tell me on this device' }).click();
    await page.getByText('Chrome on Linux').first().waitFor();
    expect(await page.getByRole('switch', { name: 'Tell me on this device' }).isChecked()).toBe(true);

    await page.getByRole('button', { name: 'Change these steps' }).first().click();
    await page.getByLabel('High urgency, step 3: minutes after the page').fill('9');
    await page.getByLabel('Do not disturb me at certain hours').check();
    await page.getByLabel('To', { exact: true }).fill('22:00');
    await page.getByRole('button', { name: 'Save my rules' }).click();
    await page.getByText('quiet hours must end at another time').waitFor();
    await page.getByLabel('To', { exact: true }).fill('07:00');
    await page.getByRole('button', { name: 'Save my rules' }).click();
    await page.getByText('now: chat at once, browser at once and text after 9 min.').waitFor();
    await noSeriousFinding(page);

    await page.getByRole('button', { name: 'Send me a test page' }).click();
    const receipt = page.getByRole('article').filter({ hasText: 'Your test page' });
    await receipt.getByRole('listitem').filter({ hasText: 'Browser Chrome on Linux · sent after' }).waitFor();
    expect(await receipt.getByRole('listitem').filter({ hasText: 'Text' }).innerText()).toMatch(
      / · in [89] min/,
    );
    const [sent] = await device.shown();
    await deliver(context, page, sent?.payload);
    await pressesAcknowledge(context);
    await receipt.getByText('It works: answered by you after').waitFor();
    await receipt
      .getByRole('listitem')
      .filter({ hasText: 'Text' })
      .getByText('not needed any more')
      .waitFor();
    expect(twilio.texts(PHONE)).toHaveLength(1);

    device.unsubscribe();
    await page.getByRole('button', { name: 'Send me a test page' }).click();
    await receipt.getByText('Not answered yet').waitFor();
    await receipt.getByRole('listitem').filter({ hasText: 'Browser' }).getByText('failed:').waitFor();
    await page.reload();
    await page.getByText('now: chat at once and text after 9 min.').waitFor();
  });

  test('can be read on a phone, and an incident says who was told of it and what became of it', async ({
    program,
    newContext,
  }) => {
    const phone = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true } as const;
    const context = await newContext(phone);
    const page = await context.newPage();
    await program.call('POST', '/api/v1/commands', { text: 'declare P1 the <b>search</b> is slow' });
    await program.call('POST', '/api/v1/commands', { text: 'page INC-1 @responder because it is theirs' });
    await page.goto('/me');
    await page.getByText('Pages that went to me').waitFor();
    await page.getByText(PHONE).first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await noSeriousFinding(page);

    await page.goto('/');
    await page.getByText('the <b>search</b> is slow').filter({ visible: true }).first().click();
    await page.getByRole('button', { name: 'Incident', exact: true }).click();
    await page.getByText('Who was told').click();
    const receipt = page.getByRole('article').filter({ hasText: 'Demo Responder' });
    await receipt.getByText(/asks you to come to INC-1: it is theirs/).waitFor();
    await receipt.getByText(/· sent after/).waitFor();
    await program.call(
      'POST',
      '/api/v1/incidents/INC-1/acknowledge',
      {},
      { 'x-api-key': '', 'x-act-as': 'responder' },
    );
    await receipt.getByText(/Answered by Demo Responder after/).waitFor();
    await noSeriousFinding(page);

    // What is known of one incident is never shown at another, however long that one's own takes to come.
    await page.route('**/api/v1/incidents/*/pages', async () => await new Promise<void>(() => {}));
    await program.call('POST', '/api/v1/commands', { text: 'declare P3 the catalogue is slow too' });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /Search rooms/ }).fill('catalogue');
    await page
      .getByRole('option', { name: /catalogue/ })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: /catalogue is slow/ }).waitFor();
    await page.getByRole('button', { name: 'Incident', exact: true }).click();
    await page.getByRole('heading', { name: 'INC-2', exact: true }).waitFor();
    expect(await receipt.count()).toBe(0);
  });

  test('comes once the server can be reached, stays true, and leaves what is being changed as it is', async ({
    opened,
  }) => {
    const page = await opened('responder');
    await page.clock.install();
    let answer: 'none' | 'its own' | 'another' = 'none';
    await page.route('**/api/v1/me/rules', async (route) => {
      if (answer === 'none') {
        await route.fulfill({ status: 503, json: { message: 'The database restarts.' } });
        return;
      }
      const response = await route.fetch();
      const json = (await response.json()) as { preview: { high: { ways: string } } };
      if (answer === 'another') json.preview.high.ways = 'chat after the night';
      await route.fulfill({ response, json });
    });
    await page.goto('/me');
    await page.getByRole('alert').getByText('The database restarts.').waitFor();
    answer = 'its own';
    await page.clock.fastForward('01:30');
    await page.getByText('now: chat at once.').first().waitFor();

    const quiet = page.getByLabel('Do not disturb me at certain hours');
    await quiet.check();
    await page.getByLabel('By', { exact: true }).selectOption('sms');
    await page.getByLabel('Where').fill('+43 660 7654321');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByLabel('The code that was sent there').waitFor();
    expect(await quiet.isChecked()).toBe(true);
    answer = 'another';
    await page.clock.fastForward('01:30');
    await page.getByText('now: chat after the night.').waitFor();
    expect(await quiet.isChecked()).toBe(true);
  });

  test('shows what holds in the end when the answers of two changes overtake each other', async ({
    carriers: { pushes },
    program,
    opened,
  }) => {
    const { body } = await program.call('GET', '/api/v1/me/rules', undefined, SECOND);
    for (const _ of ['a telephone', 'a desk']) {
      const { subscription } = pushes.subscribe((body as { push_key: string }).push_key);
      const contact = { kind: 'push', address: subscription };
      expect((await program.call('POST', '/api/v1/me/contacts', contact, SECOND)).status).toBe(200);
    }
    const page = await opened('second');
    const { promise: hold, resolve: letGo } = Promise.withResolvers<void>();
    const { promise: answered, resolve: tellAnswered } = Promise.withResolvers<void>();
    let changes = 0;
    await page.route('**/api/v1/me/contacts/*', async (route) => {
      changes += 1;
      const isFirst = changes === 1;
      const response = await route.fetch();
      tellAnswered();
      if (isFirst) await hold;
      await route.fulfill({ response });
    });
    await page.goto('/me');
    const isUsed = (checked: boolean) => page.getByRole('switch', { name: /^Use /, checked });
    await isUsed(true).nth(1).waitFor();
    const came = page.waitForResponse('**/api/v1/me/contacts/*');
    await isUsed(true).first().click();
    await answered;
    await isUsed(true).nth(1).click();
    await isUsed(false).nth(1).waitFor();
    letGo();
    await (await came).finished();
    await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
    await expect.poll(async () => await isUsed(false).count(), { timeout: 10_000 }).toBe(2);
  });

  test('sends one code for two clicks', async ({ opened }) => {
    const page = await opened('second');
    let sent = 0;
    await page.route('**/api/v1/me/contacts', async (route) => {
      sent += 1;
      await route.continue();
    });
    await page.goto('/me');
    await page.getByLabel('By', { exact: true }).selectOption('sms');
    await page.getByLabel('Where').fill('+43 660 1111111');
    await page.getByRole('button', { name: 'Add', exact: true }).dblclick();
    await page.getByLabel('The code that was sent there').waitFor();
    expect(sent).toBe(1);
  });
});

/** Stands in for the browser's own service of push messages, which is not to be had without the internet. */
function subscribesAs(json: string): void {
  const made = JSON.parse(json) as { readonly endpoint: string };
  const held: { now: object | null } = { now: null };
  const subscription = {
    endpoint: made.endpoint,
    options: { applicationServerKey: null },
    toJSON: () => made,
    unsubscribe: () => Promise.resolve(true),
  };
  const { prototype } = (globalThis as unknown as { PushManager: { prototype: object } }).PushManager;
  Object.assign(prototype, {
    subscribe: () => Promise.resolve((held.now = subscription)),
    getSubscription: () => Promise.resolve(held.now),
  });
}

/** Has the browser hand a message to the page's worker, as if its service had brought it. */
async function deliver(context: BrowserContext, page: Page, payload: unknown): Promise<void> {
  const session = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first) resolve(first.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  const registrationId = await registered;
  const { origin } = new URL(page.url());
  await session.send('ServiceWorker.deliverPushMessage', {
    origin,
    registrationId,
    data: JSON.stringify(payload),
  });
}

/** Presses the button of the notification that is shown. */
async function pressesAcknowledge(context: BrowserContext): Promise<void> {
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const shown = async () =>
    await worker.evaluate<string[]>(
      `registration.getNotifications().then((all) => all.map((it) => it.title + ': ' + it.actions.map(({ title }) => title)))`,
    );
  await expect.poll(shown).toEqual(['Test page: Acknowledge,Open']);
  await worker.evaluate(
    `registration.getNotifications().then(([notification]) => {
       self.dispatchEvent(new NotificationEvent('notificationclick', { notification, action: 'acknowledge' }));
     })`,
  );
}

function codeSentBy(twilio: FakeTwilio): string {
  return /\d{6}/.exec(twilio.texts(PHONE).at(-1)?.text ?? '')?.[0] ?? '';
}
