import type { FakePlatform } from '#test/support/fake-platform.ts';

import type { Stage } from '../stage.ts';
import type { TeamsPerson } from '../world.ts';
import type { FakeServer } from './server.ts';
import type { Tokens } from './tokens.ts';

interface Deps {
  readonly stage: Stage;
  readonly server: FakeServer;
  readonly tokens: Tokens;
  /** Deliveries that nobody waits for. */
  readonly background: Promise<unknown>[];
}

/** What goes wrong, when a test wants it to. */
export function troubleWith({ stage, server, tokens, background }: Deps): FakePlatform['trouble'] {
  const { world, deliveries, inbound } = stage;
  const tells = (activity: Parameters<typeof deliveries.send>[0]) => {
    background.push(deliveries.send(activity).catch(() => null));
  };
  const somebody = () => world.people.find((it) => !it.left) as TeamsPerson;
  return {
    next: (method, ...troubles) => server.trouble(method, troubles),
    deliverTimes: (times) => void (deliveries.times = times),
    hold: () => deliveries.hold(),
    release: async () => await deliveries.release(),
    dropConnections: () => server.dropConnections(),
    down: () => void (server.isDown = true),
    back: () => void (server.isDown = false),
    revokeToken: () => void (tokens.revoked = true),
    restoreToken: () => void (tokens.revoked = false),
    deleteRoom(id) {
      const place = world.place(id);
      if (place?.kind !== 'channel') throw new Error(`there is no room ${id}`);
      if (place.root) {
        for (const it of world.posted) it.deleted ||= it.root === place.root.id;
        return;
      }
      place.channel.deleted = true;
      tells(inbound.teamEvent(somebody(), 'channelDeleted', {}, place.channel));
    },
    deleteMessage(id) {
      const posted = world.message(id);
      if (!posted) throw new Error(`there is no message ${id}`);
      posted.deleted = true;
    },
    leaves(who) {
      const person = world.person(who.id);
      if (!person) throw new Error(`${who.name} is nobody of this organisation`);
      person.left = true;
      world.members.delete(person.id);
      for (const channel of world.channels) channel.members.delete(person.id);
      for (const tag of world.tags.values()) tag.members.delete(person.id);
      const membersRemoved = [{ id: person.mri, name: person.name, aadObjectId: person.id }];
      tells(inbound.teamEvent(somebody(), 'teamMemberRemoved', { membersRemoved }));
    },
  };
}
