import { existsSync } from 'node:fs';
import { env, stderr } from 'node:process';

import { chromium, type Browser } from 'playwright-core';

/** Where Debian, and those who build on it, put it. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = PLACES.find((it) => existsSync(it));

/** Whether a browser is here. In CI it has to be; elsewhere its tests are left out, and one line says so. */
export const hasBrowser = executablePath !== undefined;
if (!hasBrowser) {
  if (env['CI']) throw new Error('Chromium is required in CI; .ci/run installs it');
  stderr.write('\n!!! Chromium is not installed: the tests of the page are left out\n');
}

/** A browser of its own that talks to nobody but the pages it is shown. */
export async function openBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error('Chromium is not installed');
  return await chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
