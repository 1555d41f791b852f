import { call } from './call.ts';
import { guardedDispatcher } from './guarded.ts';
import { parseUrl } from './public-url.ts';

export type Ping = (signal: AbortSignal) => Promise<void>;

/**
 * Opens an address of somebody's own, once for each call, for those who wait to hear from us. The call throws
 * ProviderError where it was not answered with a 2xx, and UserError for an address that may not be called.
 * @param allowPrivate also http, and addresses of our own network
 */
export function makePing(url: string, allowPrivate: boolean): Ping {
  const guard = allowPrivate ? {} : { dispatcher: guardedDispatcher('webhook') };
  return async (signal) => {
    await call({
      provider: 'webhook',
      url: parseUrl(url, allowPrivate),
      headers: { 'user-agent': 'incident-manager', 'x-source': 'llm-incident-manager' },
      signal,
      ...guard,
    });
  };
}
