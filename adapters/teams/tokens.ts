import { ProviderError } from '#src/errors.ts';

import { PLATFORM } from './limits.ts';
import type { Service } from './methods.ts';

interface TokenSettings {
  readonly appId: string;
  readonly appPassword: string;
  readonly tenantId: string;
  /** Without a slash at the end. */
  readonly loginUrl: string;
}

const SCOPES: Readonly<Record<Service, string>> = {
  connector: 'https://api.botframework.com/.default',
  graph: 'https://graph.microsoft.com/.default',
};

/** A token is renewed so long before it ends, in milliseconds. */
const MARGIN_MS = 5 * 60_000;
const DEADLINE_MS = 10_000;

/**
 * The app's own tokens, by client credentials: one for each service. They are
 * asked for here and not by the library, which takes no issuer but Microsoft's own.
 */
export class Tokens {
  readonly #settings: TokenSettings;
  readonly #now: () => Date;
  readonly #kept = new Map<Service, { readonly token: string; readonly until: number }>();
  readonly #asking = new Map<Service, Promise<string>>();

  constructor(settings: TokenSettings, now: () => Date) {
    this.#settings = settings;
    this.#now = now;
  }

  /**
   * Null where there is no authentication.
   *
   * @throws ProviderError whose `retry` is true: a secret that was taken back may be given again
   */
  async of(service: Service): Promise<string | null> {
    if (this.#settings.appId === '') return null;
    const kept = this.#kept.get(service);
    if (kept && kept.until > this.#now().getTime()) return kept.token;
    const asking = this.#asking.get(service) ?? this.#ask(service);
    this.#asking.set(service, asking);
    try {
      return await asking;
    } finally {
      this.#asking.delete(service);
    }
  }

  /** It was refused: the next one is a fresh one. */
  forget(service: Service): void {
    this.#kept.delete(service);
  }

  async #ask(service: Service): Promise<string> {
    const { appId, appPassword, tenantId, loginUrl } = this.#settings;
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: appId,
      client_secret: appPassword,
      scope: SCOPES[service],
    });
    let response: Response;
    try {
      const url = `${loginUrl}/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`;
      response = await fetch(url, {
        method: 'POST',
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
    } catch (cause) {
      throw new ProviderError(PLATFORM, 'the token issuer cannot be reached', { retry: true, cause });
    }
    const answer = (await response.json().catch(() => null)) as TokenAnswer | null;
    if (!response.ok || typeof answer?.access_token !== 'string') {
      const why = answer?.error_description?.split('\n')[0] ?? `status ${response.status}`;
      throw new ProviderError(PLATFORM, `no token was given: ${why}`, { retry: true });
    }
    const until = this.#now().getTime() + (answer.expires_in ?? 0) * 1000 - MARGIN_MS;
    this.#kept.set(service, { token: answer.access_token, until });
    return answer.access_token;
  }
}

interface TokenAnswer {
  readonly access_token?: string;
  /** Seconds. */
  readonly expires_in?: number;
  readonly error_description?: string;
}
