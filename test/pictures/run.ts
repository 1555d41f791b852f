import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import react from '@vitejs/plugin-react';
import type { Page } from 'playwright-core';
import { createServer } from 'vite';

import { Questions } from '#adapters/discord/questions.ts';
import { render as drawDiscord } from '#adapters/discord/render.ts';
import { render as drawSlack } from '#adapters/slack/render.ts';
import { cardOf } from '#adapters/teams/render.ts';
import { commands } from '#commands/index.ts';
import { card } from '#src/chat/card.ts';
import { Presses } from '#src/chat/presses.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import type { PersonId } from '#src/incident/person.ts';
import { openBrowser } from '#test/support/browser.ts';
import { openedAt } from '#test/support/incident.ts';
import { view } from '#test/support/view.ts';

/** The card that is shown: an incident that somebody has just taken. */
const message = card(
  view(
    {
      title: 'Checkout is down',
      severity: 'P1',
      status: 'ACKNOWLEDGED',
      impact: 'Nobody can pay in the EU shop',
      description: '5xx on POST /checkout is at 38 % since 14:02',
      acknowledgedAt: new Date(openedAt.getTime() + 240_000),
      assignee: 'ana' as PersonId,
      roles: { commander: 'ana' as PersonId, communications: 'bo' as PersonId },
      lastUpdate: 'Rolled payments back to 4.1; errors are falling.',
    },
    {
      alerts: { firing: 3, total: 5, times: 214, titles: ['CheckoutErrorRate', 'PaymentLatency'], links: [] },
      rooms: [
        { platform: 'web', name: 'inc-1-checkout-is-down', url: 'http://incidents.example/rooms/inc-1' },
      ],
    },
  ),
);

const nothingKept = { find: async () => null, keep: async () => {} };
const presses = new Presses(nothingKept);

async function sent(): Promise<Readonly<Record<string, unknown>>> {
  const discord = await drawDiscord(message, { presses, questions: new Questions(nothingKept) });
  const colour = `#${(discord.components[0]?.accent_color ?? 0).toString(16).padStart(6, '0')}`;
  return {
    // The renderer shows text that is `verbatim` with its marks; Slack draws it like any other.
    slack: JSON.parse(
      JSON.stringify((await drawSlack(message, presses)).blocks).replaceAll(',"verbatim":true', ''),
    ),
    teams: await cardOf(message, { presses, commands: () => commands.map(shapeOf) }),
    discord: { components: discord.components, colour },
  };
}

async function takePicture(page: Page, url: string, platform: string, what: unknown): Promise<void> {
  await page.goto(url);
  await page.waitForFunction('typeof globalThis.drawCard === "function"');
  await page.evaluate(`drawCard(${JSON.stringify(platform)}, ${JSON.stringify(what)})`);
  await sleep(1000);
  const file = path.join(import.meta.dirname, '../../adapters', platform, 'card.png');
  await page.locator('#card').screenshot({ path: file });
  process.stdout.write(`Written: ${path.relative(process.cwd(), file)}\n`);
}

const server = await createServer({
  root: import.meta.dirname,
  plugins: [react()],
  logLevel: 'warn',
  server: { host: '127.0.0.1' },
});
await server.listen();
const browser = await openBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 700, height: 900 }, deviceScaleFactor: 2 });
  const [url = ''] = server.resolvedUrls?.local ?? [];
  for (const [platform, what] of Object.entries(await sent())) await takePicture(page, url, platform, what);
} finally {
  await browser.close();
  await server.close();
}
