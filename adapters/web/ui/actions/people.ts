import type { App } from '../app.ts';
import { subscriptionHere } from '../me/browser-push.ts';
import { attempt } from './attempt.ts';
import { loadMe } from './session.ts';

export interface NewPerson {
  readonly id: string;
  readonly name: string;
  readonly role: 'viewer' | 'responder' | 'admin';
}

/** Adds somebody. Throws an ApiError with what the server has against it. */
export async function addPerson(app: App, person: NewPerson): Promise<void> {
  await app.api.post('/api/v1/people', person);
  await loadMe(app);
}

/** The address by which a person signs in: it works once, for a day. Undefined when the server refused, which is then told. */
export async function makeSignInLink(app: App, person: string): Promise<string | undefined> {
  const made = await attempt(
    app,
    app.api.post<{ readonly url: string }>('/api/v1/sign-in-links', { person }),
  );
  return made?.url;
}

export async function signOut(app: App): Promise<void> {
  // Whoever uses this browser next is not shown another one's pages; its push service then says that it is gone.
  await forgetSubscription();
  await attempt(app, app.api.post('/web/sign-out', {}));
  app.live?.stop();
  app.store.set({ session: { type: 'signed out' } });
}

async function forgetSubscription(): Promise<void> {
  try {
    await (await subscriptionHere())?.unsubscribe();
  } catch {
    // Signing out must not fail for it.
  }
}
