import type { Delivered, FakePerson, SeenMessage } from '#test/support/fake-platform.ts';
import type { Core } from '#test/support/slack/core.ts';
import type { Json } from '#test/support/slack/json.ts';
import { add } from '#test/support/slack/methods/conversations.ts';
import { APP_ID, TEAM, type Channel, type Message, type User } from '#test/support/slack/world.ts';

/** What was delivered under a test's own id: the same id again is the same thing again. */
export class Repeats {
  readonly #sent = new Map<string, () => Promise<void>>();

  /** `prepare` makes the thing, and gives what delivers it; a repeat delivers it again. */
  async deliver({ delivery }: Delivered, prepare: () => () => Promise<void>): Promise<void> {
    const before = delivery === undefined ? undefined : this.#sent.get(delivery);
    const send = before ?? prepare();
    if (delivery !== undefined) this.#sent.set(delivery, send);
    await send();
  }
}

export function userOf({ world }: Core, { id }: FakePerson): User {
  const user = world.users.get(id);
  if (!user || user.deleted) throw new Error(`${id} is not in this workspace`);
  return user;
}

/** A channel that the person sees. */
export function channelFor(core: Core, who: FakePerson, id: string): Channel {
  const channel = core.world.channels.get(id);
  if (!channel || !core.world.sees(who.id, channel)) throw new Error(`${who.name} sees no channel ${id}`);
  return channel;
}

/** Before somebody can do anything in a public channel, they join it. */
export function enter(core: Core, who: FakePerson, id: string): Channel {
  const channel = channelFor(core, who, id);
  if (channel.archived) throw new Error(`#${channel.name} is archived: nobody writes there`);
  add(core, channel, who.id);
  return channel;
}

export function messageFor(core: Core, who: FakePerson, seen: Pick<SeenMessage, 'id'>): Message {
  const [channel = '', ts = ''] = seen.id.split(':');
  channelFor(core, who, channel);
  const message = core.world.messageAt(channel, ts);
  if (!message || (message.onlyFor !== null && message.onlyFor !== who.id)) {
    throw new Error(`${who.name} sees no message ${seen.id}`);
  }
  return message;
}

/** What every interaction says of itself. */
export function common(core: Core, user: User): Json {
  if (!core.settings.isInteractive) throw new Error('The app is not set up for interactions');
  return {
    token: core.tokens.verification,
    team: { id: TEAM.id, domain: TEAM.domain },
    enterprise: null,
    is_enterprise_install: false,
    api_app_id: APP_ID,
    user: { id: user.id, username: user.name, name: user.name, team_id: TEAM.id },
  };
}

export function channelName({ kind, name }: Channel): string {
  return { public: name, private: 'privategroup', im: 'directmessage' }[kind];
}
