/**
 * What the browser runs when a page comes while this one is closed: shows it, and does what is
 * pressed there. It is a file of its own at the root, so that it may speak for the whole site, and
 * imports nothing. What it shows is text: the browser draws no markup in it.
 */

interface Payload {
  readonly kind?: unknown;
  readonly urgency?: unknown;
  readonly tag?: unknown;
  readonly title?: unknown;
  readonly body?: unknown;
  readonly url?: unknown;
  readonly acknowledgeUrl?: unknown;
}

/** What is kept in a notification, for when it is pressed: paths of this site. */
interface Kept {
  readonly open: string;
  readonly acknowledge: string | null;
  readonly title: string;
}

/** The little of a worker that is used here; the page's own types do not have it. */
interface Worker {
  readonly location: Location;
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    matchAll(options: { type: 'window' }): Promise<readonly Tab[]>;
    openWindow(url: string): Promise<unknown>;
    claim(): Promise<void>;
  };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Lasting) => void): void;
  addEventListener(type: 'push', listener: (event: Lasting & Pushed) => void): void;
  addEventListener(type: 'notificationclick', listener: (event: Lasting & Pressed) => void): void;
}

interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}

interface Pushed {
  readonly data: { text(): string } | null;
}

interface Pressed {
  readonly action: string;
  readonly notification: Notification;
}

interface Tab {
  readonly url: string;
  focus(): Promise<unknown>;
  navigate(url: string): Promise<unknown>;
}

/** More than the types of a page know of a notification. */
type Options = NotificationOptions & {
  readonly renotify: boolean;
  readonly actions: readonly { readonly action: string; readonly title: string }[];
};

const worker = globalThis as unknown as Worker;
/** Where somebody is sent who presses a notification about no incident. */
const HOME = '/me';

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener('push', (event) => event.waitUntil(show(read(event.data?.text() ?? ''))));
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const kept = event.notification.data as Kept;
  const isAnswer = event.action === 'acknowledge' && kept.acknowledge !== null;
  event.waitUntil(isAnswer ? answer(kept, kept.acknowledge ?? '') : open(kept.open));
});

/** A browser takes the right to push away from a page that shows nothing, so something is shown for anything. */
async function show({ title, body, tag, urgency, url, acknowledgeUrl }: Payload): Promise<void> {
  const words = textOf(title) || 'Incident Manager';
  const acknowledge = pathOf(acknowledgeUrl);
  const data: Kept = { open: pathOf(url) ?? HOME, acknowledge, title: words };
  const options: Options = {
    body: textOf(body),
    tag: textOf(tag) || 'page',
    renotify: true,
    requireInteraction: urgency === 'high',
    data,
    actions: [
      ...(acknowledge === null ? [] : [{ action: 'acknowledge', title: 'Acknowledge' }]),
      { action: 'open', title: 'Open' },
    ],
  };
  await worker.registration.showNotification(words, options);
}

/** Answers there and then; where that cannot be, opens the page on which it can be done by hand. */
async function answer({ title, open: place }: Kept, path: string): Promise<void> {
  const answered = await fetch(path, { method: 'POST' }).catch(() => null);
  if (!answered?.ok) {
    await open(path);
    return;
  }
  const data: Kept = { open: place, acknowledge: null, title };
  await worker.registration.showNotification('Acknowledged', { body: title, tag: 'answered', data });
}

/** In a tab that shows this site already, or in a new one. */
async function open(path: string): Promise<void> {
  const tabs = await worker.clients.matchAll({ type: 'window' });
  const [tab] = tabs;
  if (!tab) {
    await worker.clients.openWindow(path);
    return;
  }
  await tab.focus();
  await tab.navigate(path);
}

function read(text: string): Payload {
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === 'object' && said !== null ? said : {};
  } catch {
    return { body: text };
  }
}

function textOf(said: unknown): string {
  return typeof said === 'string' ? said : '';
}

/** Where it leads on this very site, under whatever name that is reached; null for what is no address. */
function pathOf(said: unknown): string | null {
  const url = URL.parse(textOf(said));
  return url && /^https?:$/.test(url.protocol) ? `${url.pathname}${url.search}` : null;
}
