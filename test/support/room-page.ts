import { randomUUID } from 'node:crypto';

import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

import type { Program } from '#test/support/program.ts';

/** Where somebody reads in a room: a row, and how far below the top of the window it begins, in pixels. */
interface Read {
  readonly id: string | null;
  readonly top: number;
}

/** Scrolls there; answers the row then at the top of the window, and how far below that it begins, in pixels. */
export async function readAt(page: Page, place: number): Promise<Read> {
  const box = page.locator('.messages');
  const step = async (to: number) => await box.evaluate((it, top) => (it.scrollTop = top), to);
  // Past the rows first, so that all of them are drawn and as high as they are; 1,200 is before older ones are loaded.
  for (let at = await box.evaluate((it) => it.scrollTop); at > 1200; at -= 200) {
    await step(at);
    await page.evaluate('new Promise(requestAnimationFrame)');
  }
  // In one go: a row that came in above and is not drawn yet is not as high as it will be.
  return await box.evaluate((it, to) => {
    it.scrollTop = to;
    const { top } = it.getBoundingClientRect();
    const row = [...it.querySelectorAll('[data-id]')].find((one) => one.getBoundingClientRect().bottom > top);
    return {
      id: row?.getAttribute('data-id') ?? null,
      top: (row?.getBoundingClientRect().top ?? 0) - top,
    };
  }, place);
}

/** How far below the top of the window that row is now, in pixels; Infinity when it is not there. */
export async function topOf(page: Page, { id }: Read): Promise<number> {
  const [box, row] = await Promise.all([
    page.locator('.messages').boundingBox(),
    page.locator(`.messages [data-id="${id}"]`).boundingBox(),
  ]);
  return (row?.y ?? Infinity) - (box?.y ?? 0);
}

/** The messages that are drawn. */
export function rows(page: Page): Locator {
  return page.getByRole('list', { name: 'Messages' }).locator('> li[data-id]');
}

/** Writes a line and sends it. */
export async function says(page: Page, line: string): Promise<void> {
  const composer = page.getByRole('combobox', { name: 'Message' });
  await composer.fill(line);
  await composer.press('Escape');
  await composer.press('Enter');
}

export async function isOnScreen(row: Locator): Promise<boolean> {
  const box = await row.boundingBox();
  return box !== null && box.y > 0 && box.y < 900;
}

/** Declares an incident; answers the address of its room. */
export async function declared(program: Program, words: string): Promise<string> {
  await program.call('POST', '/api/v1/commands', { text: `declare ${words}` });
  const newest = async () => await newestRoom(program);
  return await expect.poll(newest).not.toBeNull().then(newest).then(String);
}

async function newestRoom(program: Program): Promise<string | null> {
  const { body } = await program.call('GET', '/api/v1/incidents?page_size=1');
  const { incidents } = body as { incidents: { rooms: { platform: string; id: string }[] }[] };
  const room = incidents[0]?.rooms.find(({ platform }) => platform === 'web');
  return room ? `/rooms/${room.id}` : null;
}

/** Somebody else says something in the room at this address. */
export async function post(program: Program, room: string, text: string): Promise<void> {
  const response = await fetch(`${program.url}/web${room}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: program.url, 'x-act-as': 'responder' },
    body: JSON.stringify({ id: randomUUID(), text }),
  });
  expect(response.status).toBe(200);
}
