import { randomUUID } from 'node:crypto';

import { exportJWK, generateKeyPair, jwtVerify, SignJWT, type JWK, type JWTPayload } from 'jose';

import { Refusal } from './refusal.ts';
import type { Call, Reply, Route } from './server.ts';

/** For whom a token is: the Bot Connector, or Microsoft Graph. */
export const AUDIENCES = {
  connector: 'https://api.botframework.com',
  graph: 'https://graph.microsoft.com',
} as const;

export type Service = keyof typeof AUDIENCES;

/** Who signs the calls to a bot. */
export const ISSUER = 'https://api.botframework.com';

/** Ways in which a call to a bot can be a forgery. */
export type Forgery =
  | 'no token'
  | 'bad signature'
  | 'wrong audience'
  | 'wrong issuer'
  | 'expired'
  | 'other service';

/** So long a token is good: what the real issuer gives out. */
const TOKEN_S = 3599;

type BotKey = JWK & { readonly endorsements: readonly string[] };

interface Key {
  readonly sign: CryptoKey;
  readonly check: CryptoKey;
  readonly jwk: BotKey;
}

/** Made once in a process: it takes a tenth of a second. */
const keys = new Map<string, Promise<Key>>();

async function keyOf(kid: string): Promise<Key> {
  const known = keys.get(kid);
  if (known) return await known;
  const made = makeKey(kid);
  keys.set(kid, made);
  return await made;
}

async function makeKey(kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    sign: privateKey,
    check: publicKey,
    jwk: { ...jwk, kid, use: 'sig', alg: 'RS256', x5t: kid, endorsements: ['msteams'] },
  };
}

interface App {
  readonly appId: string;
  readonly password: string;
  readonly tenant: string;
}

/** Gives tokens to the bot and signs what is sent to it: Microsoft Entra and the Bot Framework's issuer in one. */
export class Tokens {
  readonly app: App;
  /** The app's permissions in Microsoft Graph; tokens that were given out before keep what they had. */
  readonly roles: Set<string>;
  /** Whether the app's secret is good, and every token that was given for it. */
  revoked = false;
  readonly #base: () => string;

  constructor(app: App, roles: readonly string[], base: () => string) {
    this.app = app;
    this.roles = new Set(roles);
    this.#base = base;
  }

  routes(): readonly Route[] {
    const openId = () => ({
      issuer: ISSUER,
      authorization_endpoint: 'https://invalid.botframework.com',
      jwks_uri: `${this.#base()}/openid/v1/.well-known/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    });
    return [
      route('GET', '/openid/v1/.well-known/openidconfiguration', () => ({ status: 200, body: openId() })),
      route('GET', '/openid/v1/.well-known/keys', async () => ({
        status: 200,
        body: { keys: [(await keyOf('connector')).jwk] },
      })),
      route('POST', '/login/{tenant}/oauth2/v2.0/token', async (call) => await this.#give(call)),
    ];
  }

  async #give(call: Call): Promise<Reply> {
    const asked = new URLSearchParams(call.raw.toString('utf8'));
    const { appId, password, tenant } = this.app;
    if (!call.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      throw new Refusal(400, 'invalid_request', 'AADSTS900144: The request body must be form-encoded');
    }
    if (asked.get('grant_type') !== 'client_credentials') {
      throw new Refusal(400, 'unsupported_grant_type', 'AADSTS70003: The grant type is not supported');
    }
    const service = scopes().find(([, scope]) => scope === asked.get('scope'))?.[0];
    if (!service) {
      throw new Refusal(400, 'invalid_scope', `AADSTS70011: The scope ${asked.get('scope')} is not valid`);
    }
    const tenants = service === 'graph' ? [tenant] : [tenant, 'botframework.com'];
    if (!tenants.includes(call.params['tenant'] ?? '')) {
      throw new Refusal(400, 'invalid_request', `AADSTS90002: Tenant '${call.params['tenant']}' not found`);
    }
    if (asked.get('client_id') !== appId) {
      throw new Refusal(
        400,
        'unauthorized_client',
        'AADSTS700016: Application was not found in the directory',
      );
    }
    if (asked.get('client_secret') !== password || this.revoked) {
      throw new Refusal(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided');
    }
    const access = await this.#accessToken(service, TOKEN_S);
    return {
      status: 200,
      body: { token_type: 'Bearer', expires_in: TOKEN_S, ext_expires_in: TOKEN_S, access_token: access },
    };
  }

  /** A token as the bot would be given; `seconds` may be in the past. */
  async #accessToken(service: Service, seconds: number): Promise<string> {
    const claims = {
      appid: this.app.appId,
      tid: this.app.tenant,
      ver: '1.0',
      ...(service === 'graph' ? { roles: [...this.roles] } : {}),
    };
    return await signed('entra', claims, { issuer: this.#entra(), audience: AUDIENCES[service], seconds });
  }

  #entra(): string {
    return `https://sts.windows.net/${this.app.tenant}/`;
  }

  /** @throws Refusal 401 for whatever is not a valid token for this service */
  async check(authorization: string | undefined, service: Service): Promise<JWTPayload> {
    const refused = (why: string) =>
      new Refusal(401, service === 'graph' ? 'InvalidAuthenticationToken' : 'Unauthorized', why);
    if (this.revoked) throw refused('Authorization has been denied for this request.');
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
    if (token === undefined) throw refused('Authorization has been denied for this request: no token.');
    const { check } = await keyOf('entra');
    try {
      const options = { audience: AUDIENCES[service], issuer: this.#entra(), algorithms: ['RS256'] };
      return (await jwtVerify(token, check, options)).payload;
    } catch (error) {
      throw refused(`Authorization has been denied for this request: ${String(error)}`);
    }
  }

  /** The authorization of a call to the bot, genuine or as a forger would have it. */
  async authorization(serviceUrl: string, forgery?: Forgery): Promise<string | undefined> {
    if (forgery === 'no token') return undefined;
    const token = await signed(
      forgery === 'bad signature' ? 'forger' : 'connector',
      { serviceurl: forgery === 'other service' ? 'https://forged.example/' : serviceUrl },
      {
        issuer: forgery === 'wrong issuer' ? 'https://forged.example' : ISSUER,
        audience: forgery === 'wrong audience' ? randomUUID() : this.app.appId,
        seconds: forgery === 'expired' ? -3600 : TOKEN_S,
      },
    );
    return `Bearer ${token}`;
  }
}

/** The header always names the genuine key: a forger knows its name. */
async function signed(
  kid: 'entra' | 'connector' | 'forger',
  claims: JWTPayload,
  of: { readonly issuer: string; readonly audience: string; readonly seconds: number },
): Promise<string> {
  const { sign } = await keyOf(kid);
  const name = kid === 'forger' ? 'connector' : kid;
  const now = Math.floor((performance.timeOrigin + performance.now()) / 1000);
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: name, x5t: name })
    .setIssuer(of.issuer)
    .setAudience(of.audience)
    .setIssuedAt(now + Math.min(0, of.seconds) - 60)
    .setNotBefore(now + Math.min(0, of.seconds) - 60)
    .setExpirationTime(now + of.seconds)
    .sign(sign);
}

function scopes(): readonly (readonly [Service, string])[] {
  return (['connector', 'graph'] as const).map((it) => [it, `${AUDIENCES[it]}/.default`]);
}

function route(verb: string, path: string, handle: (call: Call) => Reply | Promise<Reply>): Route {
  return { verb, path, service: 'login', handle };
}
