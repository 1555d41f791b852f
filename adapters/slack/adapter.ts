import type { Mount } from '#src/chat/mount.ts';
import { Pending } from '#src/chat/pending.ts';
import type { ChatPlatform, Inbox } from '#src/chat/platform.ts';
import { Presses } from '#src/chat/presses.ts';
import type { CommandShape } from '#src/chat/shapes.ts';
import type { PlatformStore } from '#src/chat/store.ts';

import { makeApi } from './api.ts';
import { PLATFORM, type Chat } from './chat.ts';
import { makeDoor } from './connect.ts';
import { files } from './files.ts';
import { hear } from './hear.ts';
import { LIMITS } from './limits.ts';
import { messages } from './messages.ts';
import { people } from './people.ts';
import { receive } from './receive.ts';
import { rooms } from './rooms.ts';

export interface SlackSettings {
  /** `xoxb-...` */
  readonly botToken: string;
  /** `xapp-...`: Slack is reached by a socket that we open, and needs no way to us. */
  readonly appToken?: string | undefined;
  /** Where there is no app token: what Slack signs its calls of /slack/events with. */
  readonly signingSecret?: string | undefined;
  /** With a slash at the end. */
  readonly apiUrl: string;
  /** The address people reach us at, without a slash at the end. */
  readonly publicUrl: string;
}

export interface SlackDeps {
  readonly settings: SlackSettings;
  readonly store: PlatformStore;
  readonly now: () => Date;
  /** Told of failures in work that nobody waits for. */
  readonly report: (error: unknown) => void;
}

/** Slack as a chat platform, and the path at which it calls us where it does. */
export function makeSlack({ settings, store, now, report }: SlackDeps): {
  readonly platform: ChatPlatform;
  readonly mounts: readonly Mount[];
} {
  const { botToken, appToken, signingSecret, apiUrl } = settings;
  const pending = new Pending(report);
  let inbox: Inbox | null = null;
  let commands: readonly CommandShape[] = [];
  const stopping = new AbortController();

  const api = makeApi({ botToken, apiUrl }, now);
  const chat: Chat = {
    api,
    store,
    presses: new Presses(store),
    now,
    report,
    fileHost: new URL(apiUrl).host,
    later: (work) => pending.add(work),
    answered: () => pending.caughtUp(),
    stopping: stopping.signal,
    inbox: () => inbox,
    commands: () => commands,
  };
  const door = makeDoor({ appToken, signingSecret, apiUrl }, chat);
  receive(door.app, chat);
  hear(door.app, chat);

  const platform: ChatPlatform = {
    name: PLATFORM,
    limits: LIMITS,
    async start(ear, shapes) {
      inbox = ear;
      commands = shapes;
      await api.me();
    },
    socket: door.socket,
    async stop() {
      stopping.abort();
      await door.socket?.close();
      await pending.settled();
      inbox = null;
    },
    check: async () => void (await api.call('auth.test', {})),
    ...rooms(chat),
    ...messages(chat),
    ...files(chat),
    ...people(chat),
  };
  return { platform, mounts: door.mounts };
}
