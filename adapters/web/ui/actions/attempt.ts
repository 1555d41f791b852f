import type { App } from '../app.ts';
import { ApiError, explain } from '../net/api.ts';

let notices = 0;

/** Shows a sentence for a moment. */
export function notice(app: App, text: string): void {
  notices += 1;
  app.store.set({ notice: { text, id: notices } });
}

/**
 * Runs `work`; what goes wrong is shown as a sentence, and answers undefined.
 * Somebody who is no longer signed in is told so by the whole page.
 */
export async function attempt<T>(app: App, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    failed(app, error);
    return undefined;
  }
}

/** For work in the background: a passing failure is not worth a word, since what did not come is asked for again. */
export async function quietly<T>(app: App, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ApiError && error.passing) app.missed();
    else failed(app, error);
    return undefined;
  }
}

function failed(app: App, error: unknown): void {
  if (!(error instanceof ApiError) || error.status !== 401) {
    notice(app, explain(error));
    return;
  }
  app.live?.stop();
  app.store.set({ session: { type: 'signed out' } });
}
