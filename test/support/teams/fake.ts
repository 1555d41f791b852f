import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { FakePerson, FakePlatform, SeenMessage, Delivered as How } from '../fake-platform.ts';
import { eyesOn } from './client/eyes.ts';
import { handsOn, type HandOptions } from './client/hands.ts';
import { Deliveries, type Delivered } from './delivering/deliveries.ts';
import { Inbound } from './delivering/inbound.ts';
import { channelMethods } from './graph/channels.ts';
import { peopleMethods } from './graph/people.ts';
import { fieldsOf, listOf, textOf, type Fields } from './json.ts';
import { admission } from './service/admission.ts';
import { Connector } from './service/connector.ts';
import { Drive, mediaRoutes } from './service/media.ts';
import { rosterRoutes } from './service/rosters.ts';
import { FakeServer, nameOf, type Route } from './service/server.ts';
import { ISSUER, Tokens, type Forgery } from './service/tokens.ts';
import { troubleWith } from './service/trouble.ts';
import type { Stage } from './stage.ts';
import { World, type Channel, type TeamsPerson } from './world.ts';

export type { Forgery } from './service/tokens.ts';

/** What an administrator has granted the app, unless a test says otherwise: the `roles` of its tokens. */
const GRANTED: readonly string[] = [
  'ChannelMember.ReadWrite.All',
  'ChannelSettings.ReadWrite.All',
  'Channel.Create',
  'TeamworkTag.ReadWrite.All',
];

/** What the team's owner has consented to by adding the app: no token says it. */
const CONSENTED: readonly string[] = [
  'Channel.Create.Group',
  'ChannelMessage.Read.Group',
  'ChannelSettings.Read.Group',
  'ChannelSettings.ReadWrite.Group',
  'TeamMember.Read.Group',
  'TeamsTab.Create.Group',
];

export interface FakeTeamsOptions extends Partial<Pick<HandOptions, 'reactions'>> {
  /** The base address of the program; activities go to its `/api/messages`. May fail, or be empty, until it runs. */
  readonly appUrl: () => string;
  /** Whether incidents have channels of their own, through Graph, or threads in a fixed channel. */
  readonly rooms?: 'channel' | 'thread';
  /** Without it there are no tokens at all, in either direction. */
  readonly auth?: boolean;
  /** The time of messages; tokens and rates go by the real time. */
  readonly now?: () => Date;
  /** Granted by an administrator, in place of what is usual. */
  readonly roles?: readonly string[];
  /** Consented to by the team's owner; where left out what the manifest asks for, or what is usual. */
  readonly rsc?: readonly string[];
  /** The app's manifest for a bot of this id, as it was uploaded: the app may do what it says, and no more. */
  readonly manifest?: (appId: string) => object;
}

/** What only Teams has, for tests that are about Teams. */
export interface TeamsExtras {
  /** The address that activities name, and that the bot calls. */
  readonly serviceUrl: string;
  /** The team's id in conversations, which is its General channel's, and in the directory. */
  readonly team: { readonly id: string; readonly groupId: string };
  readonly bot: { readonly id: string; readonly name: string };
  /** The channel of the settings. */
  readonly lobby: string;
  /** The app's permissions in Graph; a change is in the tokens given out from then on. */
  readonly roles: Set<string>;
  /** What the team's owner has consented to; a change is felt at once. */
  readonly rsc: Set<string>;
  /** The names of methods for `trouble.next`. */
  readonly methods: readonly string[];
  /** The bot's own id of a person, `29:...`. */
  mri(who: FakePerson): string;
  /** The conversation between a person and the bot. */
  chat(who: FakePerson): string;
  /** Resolves when the program has been told that it is in the team. */
  installed(): Promise<void>;
  /** The app is taken out of the team, and put into it again. */
  uninstalls(): Promise<void>;
  installs(): Promise<void>;
  /** A message of somebody, signed by nobody who may; answers the HTTP status. */
  forges(who: FakePerson, line: string, forgery: Forgery): Promise<number>;
  /** Delivers any activity, as genuine. */
  delivers(activity: Fields): Promise<Delivered>;
  /** The slash command: only the person and the bot see it. */
  slash(who: FakePerson, room: string, text: string, how?: How): Promise<void>;
  /** Somebody looks at a message: its card refreshes if it does so for them. */
  opens(who: FakePerson, message: string): Promise<void>;
  /** Somebody takes the deletion of their message back. */
  restores(who: FakePerson, message: SeenMessage): Promise<void>;
  /** Somebody joins the team. */
  joins(who: FakePerson): Promise<void>;
}

type Five<T> = readonly [T, T, T, T, T];

/** Microsoft Teams with one team of four people, its owner, and the app in it. */
export async function startFakeTeams(options: FakeTeamsOptions): Promise<FakePlatform & TeamsExtras> {
  const { appUrl, rooms = 'channel', auth = true, now = () => new Date() } = options;
  const app = { appId: auth ? randomUUID() : '', password: `secret~${randomUUID()}`, tenant: randomUUID() };
  const world = new World(app.tenant, app.appId || 'local-bot', now);
  const lobby = world.addChannel({ name: 'Incidents', type: 'standard' });
  let base = '';
  const serviceUrl = () => `${base}/amer/${app.tenant}/`;
  const tokens = new Tokens(app, options.roles ?? GRANTED, () => base);
  const inbound = new Inbound(world, serviceUrl);
  const manifest = options.manifest ? fieldsOf(options.manifest(app.appId)) : null;
  const rsc = new Set(options.rsc ?? (manifest ? consentedIn(manifest) : CONSENTED));
  const drive = new Drive();
  const installation = { isIn: true };
  const connector = new Connector({
    world,
    serviceUrl,
    isInstalled: () => installation.isIn,
    took: async (posted) => drive.attach(posted),
  });
  const background: Promise<unknown>[] = [];
  const events = {
    // Of private channels nobody is told.
    changed: async (eventType: string, channel: Channel) => {
      if (channel.type === 'private') return;
      background.push(deliveries.send(inbound.teamEvent(owner, eventType, {}, channel)).catch(() => null));
    },
  };
  const methods = [...channelMethods(world, events), ...peopleMethods(world, rsc), ...drive.methods(world)];
  const graph = methods.map(([verb, path, , handle]): Route => ({
    verb,
    path: `/graph/v1.0${path}`,
    service: 'graph',
    handle,
  }));
  const routes = [
    ...tokens.routes(),
    ...connector.routes(),
    ...rosterRoutes(world, () => installation.isIn),
    ...graph,
    ...mediaRoutes(world),
  ];
  const server = new FakeServer({
    routes,
    admit: admission({ world, tokens: auth ? tokens : null, methods, rsc }),
  });
  base = await server.start();
  const deliveries = new Deliveries({
    appUrl,
    serviceUrl,
    tokens: auth ? tokens : null,
    acknowledged: server.measured.acknowledged,
  });
  const stage: Stage = {
    world,
    deliveries,
    inbound,
    refused: server.measured.refused,
    notices: [],
    dialogs: new Map(),
    lobby: lobby.id,
    rooms,
  };
  const [ana, bo, cy, guest, owner] = world.people as Five<TeamsPerson>;
  const hands = handsOn(stage, {
    hearsAll: () => rsc.has('ChannelMessage.Read.Group'),
    reactions: options.reactions ?? 'own',
    manifest,
  });
  const stopping = new AbortController();
  const arrival = arrive({ deliveries, inbound, world, who: owner, signal: stopping.signal });

  return {
    name: 'teams',
    env: {
      TEAMS_APP_ID: app.appId,
      ...(auth ? { TEAMS_APP_PASSWORD: app.password } : {}),
      TEAMS_TENANT_ID: app.tenant,
      TEAMS_CHANNEL_ID: lobby.id,
      ...(rooms === 'channel' ? { TEAMS_TEAM_ID: world.team.groupId } : {}),
      TEAMS_GRAPH_URL: `${base}/graph/v1.0`,
      TEAMS_LOGIN_URL: `${base}/login`,
      TEAMS_OPENID_URL: `${base}/openid/v1/.well-known/openidconfiguration`,
      TEAMS_ISSUER: ISSUER,
    },
    people: { ana, bo, cy, guest },
    ...hands,
    ...eyesOn(stage),
    trouble: troubleWith({ stage, server, tokens, background }),
    measured: server.measured,
    async stop() {
      stopping.abort();
      await server.stop();
      await Promise.allSettled([arrival, ...background]);
    },

    serviceUrl: serviceUrl(),
    team: world.team,
    bot: world.bot,
    lobby: lobby.id,
    roles: tokens.roles,
    rsc,
    methods: routes.map(nameOf),
    mri: (who) => world.person(who.id)?.mri ?? '',
    chat: (who) => world.chatWith(world.person(who.id) ?? ana),
    installed: async () => await arrival,
    async uninstalls() {
      installation.isIn = false;
      await deliveries.send({
        ...inbound.teamEvent(owner, ''),
        type: 'installationUpdate',
        action: 'remove',
      });
    },
    async installs() {
      installation.isIn = true;
      for (const activity of installing(inbound, world, owner)) await deliveries.send(activity);
    },
    async forges(who, line, forgery) {
      const person = world.person(who.id) ?? ana;
      const posted = {
        ...world.add({ conversation: world.chatWith(person), author: person.id, activity: {} }),
        deleted: true,
      };
      const activity = inbound.message(person, posted, { text: line, entities: [] });
      return (await deliveries.once(activity, forgery)).status;
    },
    delivers: async (activity) => await deliveries.once(activity),
    async joins(who) {
      const person = world.people.find((it) => it.id === who.id) ?? ana;
      person.left = false;
      world.members.add(person.id);
      const membersAdded = [{ id: person.mri, name: person.name, aadObjectId: person.id }];
      await deliveries.send(inbound.teamEvent(owner, 'teamMemberAdded', { membersAdded }));
    },
  };
}

/** What a manifest asks the owner of a team for. */
function consentedIn(manifest: Fields): readonly string[] {
  const { resourceSpecific } = fieldsOf(fieldsOf(manifest['authorization'])['permissions']);
  return listOf(resourceSpecific).map((it) => textOf(fieldsOf(it)['name']));
}

/** What a bot is sent when somebody puts its app into a team. */
function installing(inbound: Inbound, world: World, who: TeamsPerson): readonly Fields[] {
  const membersAdded = [{ id: world.bot.id, name: world.bot.name }];
  return [
    { ...inbound.teamEvent(who, ''), type: 'installationUpdate', action: 'add' },
    inbound.teamEvent(who, 'teamMemberAdded', { membersAdded }),
  ];
}

/** The app is put into the team as soon as the program listens. */
async function arrive(of: {
  deliveries: Deliveries;
  inbound: Inbound;
  world: World;
  who: TeamsPerson;
  signal: AbortSignal;
}): Promise<void> {
  for (const activity of installing(of.inbound, of.world, of.who)) {
    while (!of.signal.aborted) {
      const status = await of.deliveries.once(activity).then(
        (it) => it.status,
        () => 0,
      );
      if (status >= 200 && status < 300) break;
      await sleep(20);
    }
  }
}
