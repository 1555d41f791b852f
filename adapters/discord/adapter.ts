import type { Mount } from '#src/chat/mount.ts';
import { Pending } from '#src/chat/pending.ts';
import type { ChatPlatform, Inbox } from '#src/chat/platform.ts';
import { Presses } from '#src/chat/presses.ts';
import type { CommandShape } from '#src/chat/shapes.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { ProviderError } from '#src/errors.ts';

import { makeAnswering } from './answer.ts';
import { makeApi } from './api.ts';
import { Forms } from './forms.ts';
import { makeGateway } from './gateway.ts';
import { LIMITS, PLATFORM, THREAD_LIMITS } from './limits.ts';
import { makeMessages } from './messages.ts';
import { makePeople } from './people.ts';
import { makePlaces } from './places.ts';
import { Questions } from './questions.ts';
import { makeReceive } from './receive.ts';
import { register } from './register.ts';
import { makeRooms } from './rooms.ts';
import { makeSaid } from './said.ts';

export interface DiscordSettings {
  /** The bot's token. */
  readonly token: string;
  readonly guildId: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  /** Where channels go; where left out, a category is made. */
  readonly categoryId?: string | undefined;
  /** A channel for each incident, or a thread in the lobby. */
  readonly rooms: 'channel' | 'thread';
  /** A voice channel beside each room. */
  readonly voice: boolean;
  /** The address people reach this program at. */
  readonly publicUrl: string;
}

interface Given {
  readonly settings: DiscordSettings;
  readonly store: PlatformStore;
  readonly now: () => Date;
  /** Told of failures in work that nobody waits for. */
  readonly report: (error: unknown) => void;
}

/** Discord calls nobody: everything comes over the connection that this program opens, so there are no mounts. */
export function makeDiscord({ settings, store, report }: Given): {
  readonly platform: ChatPlatform;
  readonly mounts: readonly Mount[];
} {
  const { guildId } = settings;
  const ear: Ear = { inbox: null, commands: [], pending: new Pending(report) };
  const { api, rooms, messages, people, gateway } = assemble({ settings, store, report, ear });

  const platform: ChatPlatform = {
    name: PLATFORM,
    limits: settings.rooms === 'thread' ? THREAD_LIMITS : LIMITS,
    async start(inbox, commands) {
      Object.assign(ear, { inbox, commands });
      await platform.check();
    },
    socket: {
      async open() {
        try {
          const { applicationId } = await gateway.open();
          await register({ api, store, guildId, applicationId, report }, ear.commands);
        } catch (error) {
          await gateway.close();
          throw error;
        }
      },
      close: () => gateway.close(),
    },
    async stop() {
      ear.inbox = null;
      await gateway.close();
      await ear.pending.settled();
    },
    async check() {
      await api.call('guild', { guild_id: guildId });
    },
    ...rooms,
    ...messages,
    ...people,
  };
  return { platform, mounts: [] };
}

/** Who listens, and the work that nobody waits for. */
interface Ear {
  inbox: Inbox | null;
  commands: readonly CommandShape[];
  readonly pending: Pending;
}

function assemble({ settings, store, report, ear }: Omit<Given, 'now'> & { readonly ear: Ear }) {
  const { token, guildId } = settings;
  const apiUrl = settings.apiUrl.replace(/\/+$/, '');
  const api = makeApi({ token, guildId, apiUrl });
  const botId = remembered(async () => (await api.call('me', {})).id);
  const drawing = { presses: new Presses(store), questions: new Questions(store) };
  const forms = new Forms(store);
  const places = makePlaces({ api, store });
  const people = makePeople({ api, store, guildId });
  const shared = { api, apiUrl, store, drawing, places, botId, report };
  const messages = makeMessages({ ...shared, directWith: (person) => people.directWith(person) });
  const answering = makeAnswering({ api, drawing, forms, messages, report });
  const heard = {
    api,
    guildId,
    answering,
    places,
    inbox: () => listening(ear),
    later: (work: Promise<unknown>) => ear.pending.add(work),
  };
  const said = makeSaid({ ...heard, botId });
  const receive = makeReceive({ ...heard, ...drawing, forms, said, commands: () => ear.commands });
  return {
    api,
    messages,
    people,
    rooms: makeRooms({ ...settings, api, store, places, botId, report }),
    gateway: makeGateway({
      token,
      apiUrl,
      report,
      heard: (packet) => (ear.inbox ? receive(packet) : undefined),
    }),
  };
}

function listening({ inbox }: Ear): Inbox {
  if (inbox) return inbox;
  throw new ProviderError(PLATFORM, 'the program is starting or stopping', { retry: true });
}

/** Asked once; again after a failure. */
function remembered<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | null = null;
  return async () => {
    asked ??= ask();
    try {
      return await asked;
    } catch (error) {
      asked = null;
      throw error;
    }
  };
}
