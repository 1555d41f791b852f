import type { Page } from 'playwright-core';

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
  await step(place);
  return await box.evaluate((it) => {
    const { top } = it.getBoundingClientRect();
    const row = [...it.querySelectorAll('[data-id]')].find((one) => one.getBoundingClientRect().bottom > top);
    return {
      id: row?.getAttribute('data-id') ?? null,
      top: (row?.getBoundingClientRect().top ?? 0) - top,
    };
  });
}

/** How far below the top of the window that row is now, in pixels; Infinity when it is not there. */
export async function topOf(page: Page, { id }: Read): Promise<number> {
  const [box, row] = await Promise.all([
    page.locator('.messages').boundingBox(),
    page.locator(`.messages [data-id="${id}"]`).boundingBox(),
  ]);
  return (row?.y ?? Infinity) - (box?.y ?? 0);
}
