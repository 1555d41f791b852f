import { hostname } from 'node:os';

import { z } from 'zod';

import manifest from '../package.json' with { type: 'json' };
import { CHAT_SETTINGS, setting, text, toChat, type ChatSettings } from './config-chat.ts';
import { DB_SETTINGS } from './config-db.ts';
import { INTAKE_SETTINGS, toIntake, type IntakeSettings } from './config-intake.ts';
import { LLM_SETTINGS, toLlm, type LlmSettings } from './config-llm.ts';
import { NOTIFY_SETTINGS, toNotify } from './config-notify.ts';
import { QUEUE_SETTINGS, toRates, toRedis } from './config-queue.ts';
import { RUN_SETTINGS, toRoles, type RunRole } from './config-run.ts';
import { SEARCH_SETTINGS, toSearch } from './config-search.ts';
import { TELEMETRY_SETTINGS, toTelemetry } from './config-telemetry.ts';
import { toLooking, TOOL_SETTINGS } from './config-tools.ts';
import type { EmbeddingSettings } from './embedding.ts';
import { UserError } from './errors.ts';
import type { HeartbeatSettings } from './heartbeat.ts';
import type { Rate } from './jobs/pace.ts';
import type { Looking } from './llm/investigate-settings.ts';
import type { ChannelSettings } from './notify/channels/index.ts';
import { parseUrl } from './notify/public-url.ts';
import type { TelemetrySettings } from './telemetry/settings.ts';

/**
 * Every setting: its name in the environment, what it means, and what holds
 * when it is not given. The only reader of the environment. `npm run doctor`
 * prints the list, and the README's table is made from it.
 */
export const SETTINGS = {
  HOST: setting(
    'The address to listen on. Not set: this machine only, without sign-in, with demo people.',
    text(),
  ),
  PORT: setting('The port to listen on.', z.coerce.number().int().min(0).max(65_535).default(3000)),
  PUBLIC_URL: setting('The address people and senders reach it at, used in links.', address()),
  DATA_DIR: setting('Where the built-in database lives.', z.string().min(1).default('./data')),
  DATABASE_URL: setting(
    'A PostgreSQL 15 or newer to use instead of the built-in database.',
    z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  ),
  BOOTSTRAP_API_KEY: setting(
    'The first admin key, at least 24 characters; for setting up without the page.',
    z.string().min(24).optional(),
  ),
  LOG_LEVEL: setting(
    'fatal, error, warn, info, debug or silent.',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  ),
  GROUP_BY: setting(
    'What makes alerts one incident: service, environment, source, rule, category, label:<name>; separated by commas.',
    list('service,environment'),
  ),
  GROUP_WINDOW: setting("How long after an incident's last alert others still join it.", duration('6h')),
  REOPEN_WINDOW: setting(
    'How long after it was resolved an incident is reopened by its own alert; later a new one opens.',
    duration('15m'),
  ),
  STORM_WINDOW: setting(
    'How long after it opened an incident takes alerts of services next to its own in the catalogue; 0s: never.',
    duration('5m'),
  ),
  STORM_SIZE: setting(
    'So many incidents within STORM_WINDOW, of services tied to each other in the catalogue, are one storm: further alerts join the first. 0: never.',
    z.coerce.number().int().min(0).max(1000).default(2),
  ),
  WHEN_ALERTS_CLEAR: setting(
    'When all alerts of an incident are resolved: resolve it, or tell the room.',
    z.enum(['resolve', 'tell']).default('resolve'),
  ),
  SENTINEL_SECRET: setting(
    'What Sentinel signs its webhooks with; once set, unsigned ones are refused.',
    text(),
  ),
  GITHUB_WEBHOOK_SECRET: setting(
    'What GitHub signs the changes with that it tells of; once set, unsigned ones are refused.',
    text(),
  ),
  GITLAB_WEBHOOK_TOKEN: setting(
    'The secret token of the webhooks of GitLab; once set, changes without it are refused.',
    text(),
  ),
  REQUESTS_PER_MINUTE: setting(
    'Requests a key may make in a minute; sending alerts is not counted.',
    z.coerce.number().int().positive().default(1000),
  ),
  EVENTS_PER_MINUTE: setting(
    'Requests with alerts a key may make in a minute. Not set: as many as are stored in time.',
    z.coerce.number().int().positive().optional(),
  ),
  RETENTION_DAYS: setting(
    'How long it is kept what monitoring systems and deploys sent, and what the bridge carried; incidents and their events are kept for ever.',
    z.coerce.number().int().positive().default(90),
  ),
  HEARTBEAT_URL: setting(
    'An address outside that is called as long as all is well, so that its silence tells you that this program is down.',
    text(),
  ),
  HEARTBEAT_EVERY: setting('How often it is called; at least every 10s.', duration('60s')),
  ...DB_SETTINGS,
  ...RUN_SETTINGS,
  ...QUEUE_SETTINGS,
  ...INTAKE_SETTINGS,
  ...CHAT_SETTINGS,
  ...NOTIFY_SETTINGS,
  ...LLM_SETTINGS,
  ...SEARCH_SETTINGS,
  ...TOOL_SETTINGS,
  ...TELEMETRY_SETTINGS,
} as const;

export const VERSION = manifest.version;

export type SettingName = keyof typeof SETTINGS;

/** The settings as the program reads them. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Nobody from another machine can get in, so nobody has to sign in. */
  readonly local: boolean;
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** A replica of it, to read from. */
  readonly replicaUrl: string | undefined;
  /** What this process does. */
  readonly roles: ReadonlySet<RunRole>;
  readonly redisUrl: string | undefined;
  /** How often destinations may be called; of those that are not named as often as there is something for them. */
  readonly rates: ReadonlyMap<string, Rate>;
  readonly bootstrapKey: string | undefined;
  readonly logLevel: string;
  readonly groupBy: readonly string[];
  readonly groupWindowMs: number;
  readonly stormWindowMs: number;
  readonly stormSize: number;
  readonly reopenWindowMs: number;
  readonly whenAlertsClear: 'resolve' | 'tell';
  /** By source of alerts or changes: what it signs with, or shows. */
  readonly sourceSecrets: Readonly<Record<string, string>>;
  readonly requestsPerMinute: number;
  readonly eventsPerMinute: number | undefined;
  readonly retentionDays: number;
  /** Undefined: nobody outside is told that all is well. */
  readonly heartbeat: HeartbeatSettings | undefined;
  /** The queues that alerts come by, beside the webhooks. */
  readonly queues: IntakeSettings;
  readonly chat: ChatSettings;
  /** The ways to reach people beside the chat. */
  readonly notify: ChannelSettings;
  /** The models, and what may leave for them. */
  readonly llm: LlmSettings;
  /** Who makes vectors of texts. */
  readonly embeddings: EmbeddingSettings;
  /** Whether a model looks for causes, and what it may look at. */
  readonly looking: Looking;
  /** Where traces go; undefined: there are none. */
  readonly telemetry: TelemetrySettings | undefined;
}

/** Reads the environment. Throws UserError that names every setting that is wrong and says what it should be. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const shape = z.object(mapSchemas());
  const read = shape.safeParse(given);
  if (!read.success) {
    const wrong = read.error.issues.map((issue) => {
      const name = String(issue.path[0]);
      return `${name}: ${issue.message}. ${SETTINGS[name as SettingName].help}`;
    });
    throw new UserError('bad_arguments', `Settings that cannot be used:\n  ${wrong.join('\n  ')}`);
  }
  return toSettings(read.data);
}

type Raw = z.output<z.ZodObject<Schemas>>;
type Schemas = { [K in SettingName]: (typeof SETTINGS)[K]['schema'] };

/** Every address of the machine: people reach it by its name. */
const ANY_HOST = new Set(['0.0.0.0', '::', '*']);
const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::|\/|$)/;

function toSettings(raw: Raw): Settings {
  // Who is told an address that others can use is not alone, whatever stands in front.
  const local = raw.HOST === undefined && (raw.PUBLIC_URL === undefined || LOOPBACK.test(raw.PUBLIC_URL));
  const host = raw.HOST ?? '127.0.0.1';
  const publicUrl = (raw.PUBLIC_URL ?? `http://${nameOf(raw.HOST)}:${raw.PORT}`).replace(/\/+$/, '');
  return {
    host,
    port: raw.PORT,
    local,
    publicUrl,
    dataDir: raw.DATA_DIR,
    databaseUrl: raw.DATABASE_URL,
    replicaUrl: raw.DATABASE_URL && raw.DATABASE_REPLICA_URL,
    roles: toRoles(raw),
    redisUrl: toRedis(raw),
    rates: toRates(raw),
    bootstrapKey: raw.BOOTSTRAP_API_KEY,
    logLevel: raw.LOG_LEVEL,
    groupBy: raw.GROUP_BY,
    groupWindowMs: raw.GROUP_WINDOW,
    stormWindowMs: raw.STORM_WINDOW,
    stormSize: raw.STORM_SIZE,
    reopenWindowMs: raw.REOPEN_WINDOW,
    whenAlertsClear: raw.WHEN_ALERTS_CLEAR,
    sourceSecrets: secretsOf(raw),
    requestsPerMinute: raw.REQUESTS_PER_MINUTE,
    eventsPerMinute: raw.EVENTS_PER_MINUTE,
    retentionDays: raw.RETENTION_DAYS,
    heartbeat: heartbeatOf(raw),
    queues: toIntake(raw),
    chat: toChat(raw, host),
    notify: toNotify(raw, publicUrl),
    llm: toLlm(raw, publicUrl),
    embeddings: toSearch(raw),
    looking: toLooking(raw),
    telemetry: toTelemetry(raw),
  };
}

function secretsOf(raw: Raw): Settings['sourceSecrets'] {
  const all = {
    sentinel: raw.SENTINEL_SECRET,
    github: raw.GITHUB_WEBHOOK_SECRET,
    gitlab: raw.GITLAB_WEBHOOK_TOKEN,
  };
  return Object.fromEntries(Object.entries(all).filter((it): it is [string, string] => it[1] !== undefined));
}

/** The address is looked at as every other one that we call. */
function heartbeatOf({
  HEARTBEAT_URL: given,
  HEARTBEAT_EVERY: everyMs,
  NOTIFY_PRIVATE_ADDRESSES: allowPrivate,
}: Raw): Settings['heartbeat'] {
  if (given === undefined) return undefined;
  const refuse = (name: SettingName, why: string) => new UserError('bad_arguments', `${name}: ${why}`);
  if (everyMs < 10_000) throw refuse('HEARTBEAT_EVERY', 'it is called every 10s at the most.');
  try {
    return { url: parseUrl(given, allowPrivate), everyMs, allowPrivate };
  } catch (error) {
    throw refuse('HEARTBEAT_URL', error instanceof Error ? error.message : String(error));
  }
}

/** As it stands in an address. */
function nameOf(host: string | undefined): string {
  if (host === undefined) return 'localhost';
  if (ANY_HOST.has(host)) return hostname();
  return host.includes(':') ? `[${host}]` : host;
}

function mapSchemas(): Schemas {
  const schemas = Object.entries(SETTINGS).map(([name, { schema }]) => [name, schema]);
  return Object.fromEntries(schemas) as Schemas;
}

/** Of the whole server: what stands behind the host would be lost in every link. */
function address() {
  return z
    .url({ protocol: /^https?$/ })
    .refine(
      (it) => new URL(it).pathname === '/' && new URL(it).search === '',
      'it has a path; leave that out',
    )
    .optional();
}

const GROUP_KEY = /^(?:service|environment|source|rule|category|label:[\w./-]+)$/;

function list(otherwise: string) {
  return z
    .string()
    .default(otherwise)
    .transform((it) => it.split(',').map((word) => word.trim()))
    .refine(
      (words) => words.every((word) => GROUP_KEY.test(word)),
      'it has a word that cannot be grouped by',
    );
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `6h`, `2d`, to milliseconds. */
function duration(otherwise: string) {
  return z
    .string()
    .default(otherwise)
    .refine((it) => /^\d{1,6}[smhd]$/.test(it), 'write it like 90s, 15m, 6h or 2d')
    .transform((it) => Number(it.slice(0, -1)) * (UNITS[it.slice(-1)] ?? 0));
}
