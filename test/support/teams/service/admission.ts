import type { Method } from '../graph/channels.ts';
import { fieldsOf, listOf, textOf } from '../json.ts';
import type { World } from '../world.ts';
import { EVERYTHING, OF_A_TEAM, OF_GRAPH, Rates, REACTING, READING, SENDING, type Windows } from './rates.ts';
import { Refusal } from './refusal.ts';
import type { Call, Route } from './server.ts';
import type { Tokens } from './tokens.ts';

interface Deps {
  readonly world: World;
  /** Null where there is no authentication. */
  readonly tokens: Tokens | null;
  readonly methods: readonly Method[];
  /** What the team's owner has consented to. */
  readonly rsc: ReadonlySet<string>;
}

/** Lets a call in: with a token for that service, with the permission for it, and not too often. */
export function admission({
  world,
  tokens,
  methods,
  rsc,
}: Deps): (call: Call, route: Route) => Promise<void> {
  const rates = new Rates();
  return async (call, route) => {
    if (route.service === 'login' || route.service === 'media') return;
    const claims = await tokens?.check(call.headers.authorization, route.service);
    if (route.service === 'connector') {
      if (call.params['tenant'] !== world.tenant) {
        throw new Refusal(403, 'Forbidden', 'The tenant is another one.');
      }
      rates.take([[`app ${world.tenant}`, EVERYTHING], ...limitsOf(call)]);
      return;
    }
    const needed =
      methods.find(([verb, path]) => route.verb === verb && route.path.endsWith(`/v1.0${path}`))?.[2] ?? [];
    const roles = listOf(claims?.['roles']);
    // Consent of a team's owner is not enough for rooms that others of the team do not see.
    const isPrivate = fieldsOf(call.body)['membershipType'] === 'private';
    const mayBy = (it: string) => roles.includes(it) || (rsc.has(it) && !isPrivate);
    if (tokens && !needed.some(mayBy)) {
      throw new Refusal(
        403,
        'Forbidden',
        `Missing role permissions on the request. It needs one of: ${needed.join(', ')}.`,
      );
    }
    const team = call.params['team'];
    rates.take([['Graph', OF_GRAPH], ...(team === undefined ? [] : [[`team ${team}`, OF_A_TEAM] as const])]);
  };
}

function limitsOf(call: Call): readonly (readonly [string, Windows])[] {
  const { conversation } = call.params;
  if (call.params['type'] !== undefined) return [[`reactions in ${conversation}`, REACTING]];
  if (call.name.startsWith('GET ')) {
    return conversation === undefined ? [] : [[`reading ${conversation}`, READING]];
  }
  if (conversation !== undefined) return [[`sending to ${conversation}`, SENDING]];
  return [[`making conversations with ${whomWith(call)}`, SENDING]];
}

function whomWith({ body }: Call): string {
  const { channelData, members } = fieldsOf(body);
  const member = fieldsOf(listOf(members)[0]);
  return textOf(fieldsOf(fieldsOf(channelData)['channel'])['id']) || textOf(member['id']);
}
