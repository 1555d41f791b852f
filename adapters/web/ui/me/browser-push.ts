/** The file at the root of the site that shows what comes while no page is open. */
const WORKER = '/push-worker.js';

/** Why this browser cannot be told anything, as a sentence that says what to do; null: it can. */
export function whyNoPush(): string | null {
  if (!isSecureContext) {
    return 'Browsers allow this over https only, or on localhost. Open this page at its https address.';
  }
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis)) {
    return 'This browser cannot do it. On an iPhone or iPad, add this page to the Home Screen and open it from there.';
  }
  if (Notification.permission === 'denied') {
    return 'Notifications of this site are blocked. Allow them in the settings of this browser, then load the page again.';
  }
  return null;
}

/** What this browser is subscribed to here, if it is. */
export async function subscriptionHere(): Promise<PushSubscription | null> {
  if (!('serviceWorker' in navigator)) return null;
  const registration = await navigator.serviceWorker.getRegistration('/');
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/**
 * Asks for permission and subscribes: what the server keeps, with the name by which people know this
 * browser. Throws an Error with a sentence for the reader.
 */
export async function subscribe(key: string): Promise<string> {
  if ((await Notification.requestPermission()) !== 'granted') {
    throw new Error('You did not allow notifications, so this browser cannot tell you anything.');
  }
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  if (before && !isFor(before, key)) await before.unsubscribe();
  try {
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    return JSON.stringify({ ...made.toJSON(), device: deviceName(navigator.userAgent) });
  } catch {
    throw new Error(
      'The push service of this browser cannot be reached. Try again; some browsers have to be allowed to use one.',
    );
  }
}

function isFor({ options }: PushSubscription, key: string): boolean {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  const text = btoa(String.fromCodePoint(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '') === key;
}

/** `Firefox on Linux`. What calls itself several browsers is the first of these. */
export function deviceName(agent: string): string {
  const named = (all: readonly (readonly [RegExp, string])[], other: string) =>
    all.find(([pattern]) => pattern.test(agent))?.[1] ?? other;
  return `${named(BROWSERS, 'A browser')} on ${named(SYSTEMS, 'a computer')}`;
}

const BROWSERS = [
  [/Edg/, 'Edge'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/OPR/, 'Opera'],
  [/Chrom|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
] as const;

const SYSTEMS = [
  [/Android/, 'Android'],
  [/iPhone/, 'an iPhone'],
  [/iPad/, 'an iPad'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'a Mac'],
  [/Linux|CrOS/, 'Linux'],
] as const;
