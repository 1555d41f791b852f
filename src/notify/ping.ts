import { call } from './call.ts';
import { guardedDispatcher } from './guarded.ts';
import { parseUrl } from './public-url.ts';

/**
 * Opens an address of somebody's own, once, for those who wait to hear from us.
 * @param allowPrivate also http, and addresses of our own network
 * @throws ProviderError where it was not answered with a 2xx; UserError for an address that may not be called
 */
export async function ping(url: string, allowPrivate: boolean, signal: AbortSignal): Promise<void> {
  await call({
    provider: 'webhook',
    url: parseUrl(url, allowPrivate),
    headers: { 'user-agent': 'incident-manager', 'x-source': 'llm-incident-manager' },
    signal,
    ...(allowPrivate ? {} : { dispatcher: guardedDispatcher('webhook') }),
  });
}
