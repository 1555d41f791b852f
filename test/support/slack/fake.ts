import { randomBytes } from 'node:crypto';

import type { FakePerson, FakePlatform } from '#test/support/fake-platform.ts';

import { takeAway } from './changes.ts';
import { loadSchema } from './checks/schema.ts';
import type { Core, Tokens } from './core.ts';
import { Post } from './deliveries.ts';
import { joined, roomEvent, tell, tokensRevoked, uninstalled, userChanged } from './events.ts';
import { eyes } from './eyes.ts';
import { seenModal, type SeenModal } from './forms.ts';
import { channelFor, Repeats } from './hands/common.ts';
import { filling, type Filling } from './hands/filling.ts';
import { pressing } from './hands/pressing.ts';
import { globalShortcut, writing } from './hands/writing.ts';
import { Requests, type Request } from './http-carrier.ts';
import { Measured, Troubles } from './measured.ts';
import { setArchived } from './methods/conversations.ts';
import type { Patience } from './patience.ts';
import { Rates } from './rates.ts';
import { readMessage } from './reading/message.ts';
import { Responses } from './responses.ts';
import { listen } from './server.ts';
import { settingsOf } from './settings.ts';
import { Sockets } from './socket.ts';
import { Triggers } from './triggers.ts';
import { Views } from './views.ts';
import { BOT, World, type Message } from './world.ts';

export interface FakeSlackOptions {
  /** How the program is told what happens; by a socket where nothing is said. */
  readonly mode?: 'socket' | 'http';
  /** The program's web server; requests go to `/slack/events` there, or to the path that it has. */
  readonly appUrl?: () => string;
  readonly now?: () => Date;
  /** The app's manifest, read: then it may do what that says, and no more. Without one it may do everything. */
  readonly manifest?: unknown;
  /** So many times faster than Slack's rate limits let calls through again. */
  readonly pace?: number;
  readonly patience?: Partial<Patience>;
}

export interface SlackExtras {
  /** The room where everybody is. */
  readonly general: string;
  /** The user group @oncall. */
  readonly group: { readonly id: string; readonly handle: string };
  /** The app is set up again with this manifest. */
  installs(manifest: unknown): void;
  /** Somebody is in a room from now on: by themselves, or because an admin adds them. */
  joins(who: FakePerson, room: string): void;
  /** Picks an entry of the menu that is everywhere, and about no room. */
  globalShortcut(who: FakePerson, label: string): Promise<void>;
  /** What the program offers in a field of the open form, while somebody types there. */
  readonly suggests: Filling['suggests'];
  /** The view on top for this person, whether there is anything to enter in it or not. */
  modal(reader: FakePerson): SeenModal | null;
  /** A person archives a room in Slack's own app, or gets it back. */
  archives(who: FakePerson, room: string, on: boolean): void;
  /** The person closes the view on top. */
  closes(who: FakePerson): void;
  /** Members of a user group; nothing where it is turned off. */
  groupMembers(id: string): readonly string[];
  /** The connections that stand. */
  connections(): number;
  /** Slack renews its side of the connections: it says so, and closes them a little later. */
  refreshConnections(): void;
  /** The app is removed from the workspace. */
  uninstall(): void;
  /** A request to the program's web server, genuine or forged (http mode). */
  request(request: Request): Promise<Response>;
  /** Addresses of the bot's messages that Slack shows previews of. */
  previewed(): readonly string[];
}

export type FakeSlack = FakePlatform & SlackExtras;

const PATIENCE: Patience = { ackMs: 3000, againMs: [50, 600, 3000], triggerMs: 3000 };

/**
 * Slack, as far as an incident bot meets it: the Web API with its checks and
 * limits, Socket Mode or signed requests, and people.
 */
export async function startFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const { mode = 'socket', appUrl = () => 'http://127.0.0.1:1', now = () => new Date(), pace = 1 } = options;
  await loadSchema();
  const world = new World(now);
  const measured = new Measured();
  const patience = { ...PATIENCE, ...options.patience };
  const tokens = newTokens();
  const sockets = new Sockets(measured, patience);
  const requests = new Requests({ appUrl, signingSecret: tokens.signingSecret, now, patience, measured });
  let url = '';
  const core: Core = {
    world,
    measured,
    patience,
    tokens,
    settings: settingsOf(options.manifest),
    troubles: new Troubles(),
    rates: new Rates(pace),
    triggers: new Triggers(patience.triggerMs),
    views: new Views(world),
    responses: new Responses(() => core),
    post: new Post(mode === 'socket' ? sockets : requests, measured, patience),
    url: () => url,
    socketUrl: () => `${url.replace('http', 'ws')}/link?ticket=${sockets.ticket()}&app_id=A0FAKEAPP1`,
  };
  const people = populate(world);
  const { server, port } = await listen(core);
  url = `http://127.0.0.1:${port}`;
  world.filesUrl = url;
  sockets.attach(server);
  const repeats = new Repeats();
  const forms = filling(core, repeats);
  return {
    name: 'slack',
    env: environment(tokens, mode, url),
    people: { ana: people.ana, bo: people.bo, cy: people.cy, guest: people.guest },
    ...writing(core, repeats),
    ...pressing(core, repeats),
    fills: forms.fills,
    completes: async () => [],
    ...eyes(core),
    trouble: troubleOf(core, sockets),
    measured,
    ...extras(core, sockets, people, forms.suggests),
    request: async (it) => await requests.request(it),
    async stop() {
      core.post.stop();
      sockets.stop();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function newTokens(): Tokens {
  const some = () => randomBytes(12).toString('hex');
  return {
    bot: `xoxb-1-${some()}`,
    app: `xapp-1-A0FAKEAPP1-1-${some()}`,
    signingSecret: some(),
    verification: some(),
    revoked: false,
  };
}

function environment(tokens: Tokens, mode: 'socket' | 'http', url: string): Readonly<Record<string, string>> {
  return {
    SLACK_BOT_TOKEN: tokens.bot,
    SLACK_API_URL: `${url}/api/`,
    ...(mode === 'socket' ? { SLACK_APP_TOKEN: tokens.app } : { SLACK_SIGNING_SECRET: tokens.signingSecret }),
  };
}

type People = FakePlatform['people'] & { readonly general: string; readonly group: string };

function populate(world: World): People {
  world.users.set(BOT.user, {
    id: BOT.user,
    name: BOT.name,
    realName: 'Incident Manager',
    email: null,
    emailConfirmed: true,
    isBot: true,
    isGuest: false,
    deleted: false,
  });
  const member = (name: string, realName: string) => {
    const { id } = world.addUser({ name, realName, email: `${name}@example.com` });
    return { id, name: realName };
  };
  const [ana, bo, cy] = [member('ana', 'Ana Ames'), member('bo', 'Bo Berg'), member('cy', 'Cy Cole')];
  const guest = world.addUser({
    name: 'gus',
    realName: 'Gus Guest',
    email: 'gus@partner.example',
    isGuest: true,
  });
  const everybody = new Set([ana.id, bo.id, cy.id]);
  const general = world.addChannel({
    kind: 'public',
    name: 'general',
    creator: ana.id,
    members: everybody,
  }).id;
  const group = world.nextId('S');
  world.groups.set(group, { id: group, handle: 'oncall', name: 'On call', users: [cy.id], enabled: true });
  return { ana, bo, cy, guest: { id: guest.id, name: guest.realName }, general, group };
}

function troubleOf(core: Core, sockets: Sockets): FakePlatform['trouble'] {
  const { world, troubles, post, tokens } = core;
  return {
    next: (method, ...those) => troubles.add(method, those),
    deliverTimes: (times) => void (post.times = times),
    hold: () => post.hold(),
    release: async () => await post.release(),
    dropConnections: () => sockets.drop(),
    down() {
      troubles.isDown = true;
      sockets.isDown = true;
      sockets.drop();
    },
    back() {
      troubles.isDown = false;
      sockets.isDown = false;
    },
    revokeToken() {
      tell(core, tokensRevoked(core));
      tokens.revoked = true;
      post.isOff = true;
    },
    restoreToken() {
      tokens.revoked = false;
      post.isOff = false;
    },
    deleteRoom(id) {
      const channel = world.channels.get(id);
      if (!channel) throw new Error(`There is no room ${id}`);
      tell(core, roomEvent(core, channel, 'deleted', 'U0ADMIN'));
      world.channels.delete(id);
      world.messages.delete(id);
    },
    deleteMessage(id) {
      const [channel = '', ts = ''] = id.split(':');
      const message = world.messageAt(channel, ts);
      if (!message) throw new Error(`There is no message ${id}`);
      tell(core, takeAway(core, message));
    },
    leaves({ id }) {
      const user = world.users.get(id);
      if (!user) throw new Error(`There is nobody called ${id}`);
      user.deleted = true;
      for (const channel of world.channels.values()) if (channel.kind !== 'im') channel.members.delete(id);
      tell(core, userChanged(core, id));
    },
  };
}

function extras(
  core: Core,
  sockets: Sockets,
  { general, group }: People,
  suggests: Filling['suggests'],
): Omit<SlackExtras, 'request'> {
  const { world, views, post, tokens } = core;
  return {
    general,
    group: { id: group, handle: 'oncall' },
    installs: (manifest) => void (core.settings = settingsOf(manifest)),
    joins(who, room) {
      const channel = world.channels.get(room);
      if (!channel) throw new Error(`There is no room ${room}`);
      channel.members.add(who.id);
      tell(core, joined(core, channel, who.id));
    },
    globalShortcut: async (who, label) => await globalShortcut(core, who, label)(),
    suggests,
    modal: (reader) => seenModal(core, reader.id),
    archives: (who, room, on) => setArchived(core, channelFor(core, who, room), on, who.id),
    closes(who) {
      const view = views.top(who.id);
      if (view) views.close(view);
    },
    groupMembers(id) {
      const found = world.groups.get(id);
      return found?.enabled === true ? found.users : [];
    },
    connections: () => sockets.connections,
    refreshConnections: () => sockets.refresh(),
    uninstall() {
      tell(core, uninstalled(core), tokensRevoked(core));
      tokens.revoked = true;
      post.isOff = true;
    },
    previewed: () => [...world.messages.values()].flat().flatMap((it) => previewsOf(world, it)),
  };
}

function previewsOf(world: World, message: Message): readonly string[] {
  return message.isOurs && message.unfurls ? readMessage(world, message).links : [];
}
