import { describe, expect } from 'vitest';

import { hasBrowser } from '#test/support/browser.ts';
import { test as base } from '#test/support/in-browser.ts';
import { declared, isOnScreen, post, readAt, rows, says, topOf } from '#test/support/room-page.ts';

const test = base
  .extend('options', { viewport: { width: 1440, height: 900 } })
  .extend('open', ({ context }) => async (at: string, as: string | null = null) => {
    const page = await context.newPage();
    await page.goto('/');
    if (as !== null) await page.evaluate((person) => sessionStorage.setItem('act-as', person), as);
    await page.goto(at);
    return page;
  });

describe.runIf(hasBrowser)('the page', () => {
  test('lets one person try out two: each tab acts as somebody, and each sees what the other does', async ({
    program,
    open,
  }) => {
    const [ana, bo] = [await open('/'), await open('/')];
    await bo.getByRole('button', { name: 'Act as' }).click();
    await bo.getByRole('menuitemradio', { name: /Demo Responder/ }).click();
    await bo.getByText('Acting as responder').waitFor();

    const room = await declared(program, 'P2 two people work on it');
    await Promise.all([ana, bo].map(async (it) => await it.goto(room)));
    await bo.getByText('Acting as responder').waitFor();
    await says(ana, 'are you there, @responder?');
    const question = rows(bo).filter({ hasText: 'are you there' });
    // What is not on the screen is not drawn, and has words all the same.
    expect(await question.textContent()).toContain('@Demo Responder');

    await question.hover();
    await question.getByRole('button', { name: 'Reply in a thread' }).click();
    await bo.getByRole('combobox', { name: 'Reply' }).fill('yes, on it');
    await bo.keyboard.press('Enter');
    await ana.getByRole('button', { name: '1 reply' }).click();
    const thread = ana.getByRole('region', { name: 'Thread' });
    await thread.getByText('yes, on it').waitFor();
    await ana.keyboard.press('Escape');
    await thread.waitFor({ state: 'detached' });

    await says(bo, '/incident ack');
    await ana.getByRole('region', { name: /^INC-/ }).getByText('Acknowledged').first().waitFor();
  });

  test('shows an answer that is only for me to nobody else, and says so', async ({ program, open }) => {
    const room = await declared(program, 'P3 whispers');
    const [mine, other] = [await open(room), await open(room, 'second')];
    await says(mine, '/incident help');
    await rows(mine).filter({ hasText: 'Only you see this' }).waitFor();
    await says(mine, 'that helped');
    await rows(other).filter({ hasText: 'that helped' }).waitFor();
    expect(await rows(other).filter({ hasText: 'Only you see this' }).count()).toBe(0);
  });

  test('keeps what is written without a connection, over a reload too, and sends it once', async ({
    program,
    context,
    open,
  }) => {
    const room = await declared(program, 'P3 a train in a tunnel');
    const page = await open(room);
    await rows(page).first().waitFor();
    await context.setOffline(true);
    await page.getByText('Reconnecting…').waitFor();
    await says(page, 'written in the tunnel');
    const pending = page.getByRole('list', { name: 'Not sent yet' });
    await pending.getByText('Waiting for the connection').waitFor();
    await post(program, room, 'said meanwhile');
    await context.setOffline(false);
    await rows(page).filter({ hasText: 'said meanwhile' }).waitFor();
    await pending.waitFor({ state: 'detached' });
    await page.reload();
    await rows(page).filter({ hasText: 'written in the tunnel' }).waitFor();
    expect(await rows(page).filter({ hasText: 'written in the tunnel' }).count()).toBe(1);
  });

  test('says why something was not sent, and lets the writer try again', async ({ program, open }) => {
    const page = await open(await declared(program, 'P4 long words'));
    await says(page, 'x'.repeat(4500));
    await page.getByText(/Not sent\./).waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText(/Not sent\./).waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('list', { name: 'Not sent yet' }).waitFor({ state: 'detached' });
    expect(await rows(page).filter({ hasText: 'xxx' }).count()).toBe(0);

    await page.route('**/web/rooms/*/files?*', async (route) => await route.abort());
    const composer = page.getByRole('combobox', { name: 'Message' });
    await composer.fill('the graph of it');
    const graph = { name: 'graph.png', mimeType: 'image/png', buffer: Buffer.from('not much') };
    await page.getByLabel('Attach a file').setInputFiles(graph);
    await page.getByText('The server cannot be reached right now.').waitFor();
    expect(await composer.inputValue()).toBe('the graph of it');
  });

  test('completes commands and people from the keyboard alone', async ({ program, open }) => {
    const page = await open(await declared(program, 'P3 keys only'));
    const composer = page.getByRole('combobox', { name: 'Message' });
    const list = page.getByRole('listbox', { name: 'Completions' });
    await composer.pressSequentially('/in');
    await list.getByRole('option', { name: /incident ack/ }).waitFor();
    await composer.fill('/incident ass');
    await list.getByRole('option').first().waitFor();
    await page.keyboard.press('Tab');
    await list.getByRole('option', { name: /@second/ }).waitFor();
    await composer.pressSequentially('@sec');
    await list.getByRole('option', { name: /@second/ }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect((await composer.inputValue()).trim()).toBe('/incident assign @second');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: /^INC-/ }).getByText('Second Responder').first().waitFor();
    await says(page, 'a slip of teh pen');
    await rows(page).filter({ hasText: 'teh pen' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.getByRole('textbox', { name: 'Edit your message' }).fill('a slip of the pen');
    await page.keyboard.press('Enter');
    await rows(page).filter({ hasText: 'the pen' }).getByText('(edited)').waitFor();
  });

  test('asks with a form for what a button still needs, and says at the field what is wrong', async ({
    program,
    open,
  }) => {
    const page = await open('/');
    await page.getByRole('main').getByRole('button', { name: 'Declare an incident' }).click();
    const form = page.getByRole('dialog');
    await form.getByRole('button', { name: 'Declare' }).click();
    const title = form.getByRole('textbox', { name: /title/i });
    expect(await title.getAttribute('aria-invalid')).toBe('true');
    await title.fill('declared by a form');
    // What somebody else declares meanwhile is not where this leads.
    await declared(program, 'P3 declared by another');
    await form.getByRole('button', { name: 'Declare' }).click();
    await page.getByRole('heading', { level: 1, name: 'declared by a form' }).waitFor();
    await page.getByRole('button', { name: 'Pinned messages: 1' }).waitFor();
  });

  test('shows hostile text as text, and opens nothing but web addresses', async ({ program, open }) => {
    const bad = '<img src=x onerror="document.title=1"> javascript:alert(1) https://a.example/<b> @everyone';
    const room = await declared(program, `P3 "${bad.replaceAll('"', "'")}"`);
    await post(program, room, bad);
    const page = await open(room);
    await rows(page).filter({ hasText: '@everyone' }).last().waitFor();
    expect(await page.locator('.messages img, .side img').count()).toBe(0);
    const links = await page
      .locator('.messages a')
      .evaluateAll((all) => all.map((it) => it.getAttribute('href')));
    expect(links.every((it) => /^https?:/.test(it ?? ''))).toBe(true);
    expect(await page.title()).not.toBe('1');
  });

  test('reads a long room in pages, draws only a few of them, and finds an old message again', async ({
    program,
    open,
  }) => {
    const room = await declared(program, 'P4 a long night');
    for (let block = 0; block < 25; block += 1) {
      await Promise.all(
        Array.from(
          { length: 20 },
          async (_, at) => await post(program, room, `line ${block * 20 + at} of the night`),
        ),
      );
    }
    const page = await open(room);
    await rows(page).filter({ hasText: 'of the night' }).last().waitFor();
    const seen = new Set<string>();
    await expect
      .poll(
        async () => {
          // In one go: nothing is drawn between what is read, what says that it was all, and where the reader goes on from.
          const { drawn, begun } = await rows(page).evaluateAll((all) => {
            all[0]?.scrollIntoView();
            return {
              drawn: all.map((it) => it.textContent),
              begun: all[0]?.closest('.messages')?.querySelector('.messages-begin')?.textContent ?? '',
            };
          });
          for (const text of drawn) seen.add(/line \d+/.exec(text)?.[0] ?? '');
          expect(drawn.length).toBeLessThanOrEqual(300);
          return begun;
        },
        { interval: 100 },
      )
      .toContain('This is where the room begins.');
    expect([...seen].filter((it) => it !== '')).toHaveLength(500);
    await page.getByRole('button', { name: 'Newest messages' }).click();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /Search rooms/ }).fill('"line 7 of the night"');
    await page.getByRole('option', { name: /line 7 of the night/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const found = rows(page).filter({ hasText: 'line 7 of the night' });
    await expect.poll(async () => await isOnScreen(found)).toBe(true);
  });

  test('keeps the reader at the line they read while older ones come in above it', async ({
    program,
    open,
  }) => {
    const room = await declared(program, 'P4 a night of questions');
    for (let block = 0; block < 13; block += 1) {
      await Promise.all(
        Array.from({ length: 20 }, async (_, at) => await post(program, room, `line ${block * 20 + at}`)),
      );
    }
    for (const place of [500, 91, 20, 0]) {
      const page = await open(room);
      await rows(page).filter({ hasText: 'line 2' }).last().waitFor();
      const read = await readAt(page, place);
      await expect.poll(async () => await rows(page).count()).toBe(200);
      const moved = Math.abs((await topOf(page, read)) - read.top);
      expect({ place, moved: moved > 2 }).toEqual({ place, moved: false });
      await page.close();
    }
  });

  test('leads to the message a link names, by a press on it and by the way back', async ({
    program,
    context,
    open,
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const room = await declared(program, 'P4 a message to link to');
    const page = await open(room);
    await says(page, 'the cause is here');
    const row = rows(page).filter({ hasText: 'the cause is here' });
    await row.hover();
    await row.getByRole('button', { name: 'Reply in a thread' }).click();
    await page.getByRole('combobox', { name: 'Reply' }).fill('so it is');
    await page.keyboard.press('Enter');
    const reply = page.getByRole('list', { name: 'Thread' }).locator('li').filter({ hasText: 'so it is' });
    await reply.hover();
    await reply.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Copy link' }).click();
    const link = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(link).toContain(`?message=${await row.getAttribute('data-id')}`);

    const other = await declared(program, 'P4 where the link is');
    await post(program, other, `look at ${link}`);
    await page.goto(other);
    await rows(page).getByRole('link', { name: link }).click();
    const sought = page.locator('.message-sought').filter({ hasText: 'the cause is here' });
    await sought.waitFor();
    await page.goto(link);
    await sought.waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'where the link is' }).click();
    await rows(page).filter({ hasText: 'look at' }).waitFor();
    await page.goBack();
    await sought.waitFor();
  });
});
