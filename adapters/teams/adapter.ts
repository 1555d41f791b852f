import type { TurnContext } from 'botbuilder';

import { inOrder } from '#src/chat/in-order.ts';
import type { Mount } from '#src/chat/mount.ts';
import { Pending } from '#src/chat/pending.ts';
import type { ChatPlatform, Inbox } from '#src/chat/platform.ts';
import { Presses } from '#src/chat/presses.ts';
import type { CommandShape } from '#src/chat/shapes.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { UserError } from '#src/errors.ts';

import { makeAnswer } from './answer.ts';
import { makeApi } from './api.ts';
import type { Core } from './core.ts';
import { makeDoor, PATH } from './door.ts';
import { fetchFile } from './files.ts';
import { Forms } from './forms.ts';
import { Invokes } from './invokes.ts';
import { LIMITS, LIMITS_OF_THREADS, PLATFORM } from './limits.ts';
import { makeMessages } from './messages.ts';
import { makePeople } from './people.ts';
import { Places } from './places.ts';
import { makeHear } from './receive.ts';
import { makeRooms } from './rooms.ts';
import { makeSending } from './sending.ts';
import type { TeamsSettings } from './settings.ts';
import { makeWishes } from './wishes.ts';

export type { TeamsSettings } from './settings.ts';

interface Deps {
  readonly settings: TeamsSettings;
  readonly store: PlatformStore;
  readonly now: () => Date;
  /** Told of failures in work that nobody waits for. */
  readonly report: (error: unknown) => void;
}

/**
 * Microsoft Teams as one platform among others.
 *
 * @throws UserError without authentication where others than this machine could call
 */
export function makeTeams({ settings, store, now, report }: Deps): {
  readonly platform: ChatPlatform;
  readonly mounts: readonly Mount[];
} {
  if (settings.appId === '' && !settings.isLoopback) throw new UserError('bad_arguments', ONLY_HERE);
  const pending = new Pending(report);
  const ear: Ear = { isOpen: false, inbox: null, commands: [] };
  const core = makeCore({ settings, store, now, report }, ear, pending);
  const people = makePeople(core);
  const sending = makeSending(core);
  const answer = makeAnswer(core, sending);
  const wishes = makeWishes(core);
  const invokes = new Invokes(core, wishes, answer);
  const hear = makeHear({ ...core, people, answer, wishes });

  async function genuine(context: TurnContext): Promise<void> {
    if (context.activity.type === 'invoke') await invokes.run(context);
    else core.later(hear(context.activity));
  }

  const enter = makeDoor({ settings, genuine, isOpen: () => ear.isOpen, report });
  return {
    platform: {
      name: PLATFORM,
      limits: settings.teamId === undefined ? LIMITS_OF_THREADS : LIMITS,
      socket: null,
      async start(inbox, commands) {
        Object.assign(ear, { isOpen: true, inbox, commands });
        await core.api.signIn();
      },
      async stop() {
        ear.isOpen = false;
        await pending.settled();
        ear.inbox = null;
      },
      async check() {
        const params = { conversation: settings.channelId };
        await core.api.call('members', { params, query: { pageSize: '50' }, urgency: 'person' });
      },
      ...makeRooms(core, sending, people),
      ...makeMessages(core, sending),
      fetchFile: (file) => fetchFile(core, file),
      whois: people.whois,
      setGroup: people.setGroup,
    },
    mounts: [{ path: PATH, handle: (request, response) => core.later(enter(request, response)) }],
  };
}

const ONLY_HERE =
  'Without TEAMS_APP_ID anybody could pretend to be Teams, so it works on this machine only: set TEAMS_APP_ID and TEAMS_APP_PASSWORD, or HOST to 127.0.0.1.';

/** The engine, while it listens. */
interface Ear {
  /** Whether anything more is taken. */
  isOpen: boolean;
  inbox: Inbox | null;
  commands: readonly CommandShape[];
}

function makeCore({ settings, store, now, report }: Deps, ear: Ear, pending: Pending): Core {
  const places = new Places(store, settings);
  const commands = () => ear.commands;
  return {
    settings,
    store,
    api: makeApi(settings, now, async (conversation) => (await places.referenceOf(conversation)).serviceUrl),
    places,
    turns: inOrder(),
    pens: { presses: new Presses(store), commands },
    forms: new Forms(store),
    now,
    later: (work) => pending.add(work),
    answered: () => pending.caughtUp(),
    report,
    inbox: () => ear.inbox,
    commands,
  };
}
