import { lookup as resolveName, type LookupAddress, type LookupOptions } from 'node:dns';

import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher } from 'undici';

import { ProviderError } from '#src/errors.ts';

import type { ChannelName } from './channel.ts';

export type Resolve = (
  name: string,
  options: LookupOptions & { all: true },
  answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * Connections to addresses that people give us, and to nothing of our own: the name
 * is resolved once, what it resolves to is looked at, and that very address is
 * connected to, so that a second answer of the name server changes nothing.
 */
export function guardedDispatcher(provider: ChannelName, resolve: Resolve = resolveName): Dispatcher {
  return new Agent({
    connect: {
      lookup: (name, options, answer) => {
        resolve(name, { ...options, all: true }, (error, found) => {
          const [first] = found ?? [];
          if (error || !first) return answer(error ?? nowhere(name), '', 0);
          const bad = found.find(({ address }) => !isPublic(address));
          if (bad) return answer(refusal(provider, bad.address), '', 0);
          if (options.all) return answer(null, found);
          answer(null, first.address, first.family);
        });
      },
    },
  });
}

/**
 * The host of a URL is an address that is not of the public internet. Of a name
 * nothing can be said before it is resolved.
 */
export function isPrivateLiteral(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(address) && !isPublic(address);
}

/** Loopback, private, link-local, shared, multicast, reserved ones are not, in whatever clothes of IPv6 they come. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address.replace(/%.*$/, ''));
  // Of IPv6 only 2000::/3 is given out; what lies outside of it leads to no stranger.
  const isGivenOut = parsed.kind() === 'ipv4' || ((parsed.toByteArray()[0] ?? 0) & 0xe0) === 0x20;
  return isGivenOut && parsed.range() === 'unicast';
}

/** Nothing is said of why: who gave us the name would read our network from the answers. */
function refusal(provider: ChannelName, address: string): NodeJS.ErrnoException {
  return new ProviderError(provider, 'its address is not on the public internet', {
    retry: false,
    cause: new Error(`it resolves to ${address}`),
  });
}

function nowhere(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no address for ${name}`), { code: 'ENOTFOUND' });
}
