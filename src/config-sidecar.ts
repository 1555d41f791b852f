import { UserError } from './errors.ts';

/**
 * The settings of the sidecar: its name in the environment, what it means, and
 * what holds when it is not given. The only reader of its environment. Read by
 * hand, not by a schema library: that library alone would be a fifth of the
 * memory of this process.
 */
export const SIDECAR_SETTINGS = {
  FORWARD_TO: {
    help: 'The address of the central program, such as https://incidents.example.org.',
    otherwise: undefined,
  },
  FORWARD_KEY: { help: 'The key it forwards with; the scope events:write is enough.', otherwise: undefined },
  HOST: {
    help: 'The address to listen on. Whoever reaches it may send, so leave it as it is.',
    otherwise: '127.0.0.1',
  },
  PORT: { help: 'The port to listen on.', otherwise: '3100' },
  DATA_DIR: {
    help: 'Where events wait, on a local disk; one sidecar to a folder.',
    otherwise: './sidecar-data',
  },
  BUFFER_EVENTS: {
    help: 'Events that may wait; beyond that senders are told to come back.',
    otherwise: '1000',
  },
  BUFFER_MEGABYTES: { help: 'What their bodies may take up on the disk.', otherwise: '64' },
} as const satisfies Record<string, { readonly help: string; readonly otherwise: string | undefined }>;

type Name = keyof typeof SIDECAR_SETTINGS;

export interface SidecarSettings {
  readonly centre: URL;
  readonly key: string;
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  readonly events: number;
  readonly bytes: number;
}

/** Throws UserError that names every setting that is wrong and says what it should be. */
export function readSidecarSettings(env: Readonly<Record<string, string | undefined>>): SidecarSettings {
  const wrong: string[] = [];
  const refuse = (name: Name, why: string) => wrong.push(`${name}: ${why}. ${SIDECAR_SETTINGS[name].help}`);
  const given = (name: Name): string => {
    const value = env[name] || SIDECAR_SETTINGS[name].otherwise;
    if (value === undefined) refuse(name, 'it must be set');
    return value ?? '';
  };
  const count = (name: Name, least: number, most: number): number => {
    const value = Number(given(name));
    if (!Number.isInteger(value) || value < least || value > most) {
      refuse(name, `it must be a whole number from ${least} to ${most}`);
    }
    return value;
  };
  const address = given('FORWARD_TO');
  const centre = URL.parse(address);
  const isAddress = centre !== null && /^https?:$/.test(centre.protocol) && centre.pathname === '/';
  if (address !== '' && !isAddress) {
    refuse('FORWARD_TO', 'it must be an address of http or https without a path');
  }
  const settings = {
    centre: centre ?? new URL('http://localhost'),
    key: given('FORWARD_KEY'),
    host: given('HOST'),
    port: count('PORT', 0, 65_535),
    dataDir: given('DATA_DIR'),
    events: count('BUFFER_EVENTS', 1, 1_000_000),
    bytes: count('BUFFER_MEGABYTES', 1, 10_000) * 1024 * 1024,
  };
  if (wrong.length === 0) return settings;
  throw new UserError('bad_arguments', `Settings that cannot be used:\n  ${wrong.join('\n  ')}`);
}
