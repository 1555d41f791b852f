import { setTimeout as sleep } from 'node:timers/promises';

import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';

import type { Mount } from '#src/chat/mount.ts';
import type { Socket } from '#src/chat/platform.ts';
import { within } from '#src/chat/within.ts';
import { ProviderError } from '#src/errors.ts';

import { clientOptions, quiet } from './api.ts';
import { PLATFORM, type Chat } from './chat.ts';
import { PATH } from './names.ts';
import { troubleOf } from './trouble.ts';

export interface Door {
  readonly app: App;
  readonly mounts: readonly Mount[];
  /** Null where Slack calls us. */
  readonly socket: Socket | null;
}

export interface DoorSettings {
  readonly appToken: string | undefined;
  readonly signingSecret: string | undefined;
  readonly apiUrl: string;
}

export function makeDoor(settings: DoorSettings, chat: Chat): Door {
  const { appToken, signingSecret, apiUrl } = settings;
  if (appToken !== undefined) return socketDoor(appToken, apiUrl, chat);
  if (signingSecret !== undefined) return httpDoor(signingSecret, apiUrl, chat);
  throw new ProviderError(PLATFORM, 'it needs an app token, or a signing secret', { retry: false });
}

/** Nothing is asked of Slack, or of anybody, before what came is acknowledged. */
function makeApp(receiver: HTTPReceiver | SocketModeReceiver, apiUrl: string, chat: Chat): App {
  const app = new App({
    receiver,
    authorize: async () => ({}),
    ignoreSelf: false,
    convoStore: false,
    logger: quiet(),
    clientOptions: clientOptions(apiUrl),
  });
  app.error(async (error) => chat.report(error));
  return app;
}

/** Slack's clock and ours may differ by so much; what is signed for a later time is kept by somebody for later. */
const AHEAD_S = 300;

function httpDoor(signingSecret: string, apiUrl: string, chat: Chat): Door {
  // A web server may or may not have taken the path at which it is mounted off the address.
  const receiver = new HTTPReceiver({ signingSecret, endpoints: [PATH, '/'], logger: quiet() });
  return {
    app: makeApp(receiver, apiUrl, chat),
    mounts: [
      {
        path: PATH,
        handle(request, response) {
          const signedAt = Number(request.headers['x-slack-request-timestamp']);
          const refuse = (status: number) => void response.writeHead(status).end();
          if (request.method !== 'POST') return refuse(405);
          // Slack delivers it again a little later.
          if (!chat.inbox()) return refuse(503);
          if (signedAt > chat.now().getTime() / 1000 + AHEAD_S) return refuse(401);
          receiver.requestListener(request, response);
        },
      },
    ],
    socket: null,
  };
}

const CONNECT_MS = 15_000;
const CLOSE_MS = 2000;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;

/**
 * The library's own way to connect again waits for seconds each time, and gives up
 * for ever, with an error that nobody can catch, when Slack refuses once. So it only
 * opens connections here, and we see to it that there is one.
 */
function socketDoor(appToken: string, apiUrl: string, chat: Chat): Door {
  const receiver = new SocketModeReceiver({
    appToken,
    autoReconnectEnabled: false,
    logger: quiet(),
    installerOptions: { clientOptions: clientOptions(apiUrl) },
  });
  const { client } = receiver;
  let stopping = new AbortController();
  let kept: Promise<void> = Promise.resolve();

  const connect = async () => {
    try {
      const connected = await within(CONNECT_MS, client.start());
      if (connected) return;
      await within(CLOSE_MS, client.disconnect());
    } catch (error) {
      if (error !== undefined) throw troubleOf(error, 'apps.connections.open');
    }
    throw new ProviderError(PLATFORM, 'the socket did not open', { retry: true });
  };
  const gone = () => new Promise((resolve) => client.once('disconnected', resolve));
  const keep = async (signal: AbortSignal) => {
    for (let wait = 0; !signal.aborted;) {
      if (wait === 0) await gone();
      await sleep(wait, null, { signal, ref: false }).catch(() => null);
      if (signal.aborted) return;
      try {
        await connect();
        wait = 0;
        // It was closed while it was being opened.
        if (signal.aborted) await within(CLOSE_MS, client.disconnect());
      } catch (error) {
        chat.report(error);
        wait = Math.min(Math.max(wait * 2, FIRST_WAIT_MS), LONGEST_WAIT_MS);
      }
    }
  };

  return {
    app: makeApp(receiver, apiUrl, chat),
    mounts: [],
    socket: {
      async open() {
        stopping = new AbortController();
        const { signal } = stopping;
        await chat.api.me();
        await connect();
        if (signal.aborted) await within(CLOSE_MS, client.disconnect());
        else kept = keep(signal);
      },
      async close() {
        stopping.abort();
        await within(CLOSE_MS, client.disconnect());
        await within(CLOSE_MS, kept);
      },
    },
  };
}
