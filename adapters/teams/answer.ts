import { setTimeout as sleep } from 'node:timers/promises';

import { say, type Message } from '#src/chat/message.ts';
import type { Outcome, Ref } from '#src/chat/platform.ts';
import { ProviderError } from '#src/errors.ts';

import type { Core } from './core.ts';
import { offer, type Offered } from './forms.ts';
import { PLATFORM } from './limits.ts';
import { sayHome } from './messages.ts';
import type { Sending } from './sending.ts';

/** Somebody who waits for an answer, and where. */
export interface Asker {
  /** The delivery that it answers. */
  readonly id: string;
  readonly person: Ref;
  readonly room: Ref | null;
  /** The conversation, with its thread, in which the asker alone is answered. */
  readonly conversation: string;
  /** The one in which everybody is: the room, where it was asked there and not below one of its messages. */
  readonly forAll: string;
  /** Nobody else is there. */
  readonly isPersonal: boolean;
}

/** Nobody asks again for an answer that failed, so it is tried here: so often, after so many milliseconds. */
const TRIES = 5;
const WAIT_MS = 400;
const LONGEST_WAIT_MS = 35_000;

/** How what came of a wish gets back to the one who had it, once. */
export function makeAnswer(core: Core, sending: Sending) {
  async function tell(asker: Asker, message: Message, visible: 'private' | 'room'): Promise<void> {
    const { person, conversation, forAll, isPersonal } = asker;
    const key = `answer:${asker.id}`;
    const toAll = isPersonal || visible === 'room';
    try {
      await patiently(async () => {
        if (toAll) await sending.say(forAll, message, { key, urgency: 'person' });
        else await sending.whisper(person, { platform: PLATFORM, id: conversation }, message, { key });
      });
    } catch (error) {
      if (!toAll || isPersonal || !(error instanceof ProviderError)) throw error;
      // Where the bot may not write, such as in a chat without it, the one who asked is told.
      core.report(error);
      await sending.direct(person, message, { key: `${key}:alone` });
    }
  }

  return {
    async give(asker: Asker, outcome: Outcome): Promise<void> {
      if (outcome.type === 'reply') {
        await tell(asker, outcome.message, outcome.visible);
        return;
      }
      const { key, written } = core.forms.keep(offered(asker, outcome.form));
      await written;
      await tell(asker, offer(outcome.form, key), 'private');
    },
    /** Somebody's own page of the bot, which is made anew when they look at it. */
    async welcome(asker: Asker, outcome: Outcome, mri: string): Promise<void> {
      if (outcome.type !== 'reply') return;
      const key = `answer:${asker.id}`;
      const page = { chat: asker.conversation, message: outcome.message, mri, key };
      await patiently(async () => await sayHome(core, sending, page));
    },
  };
}

/** The button, or the form, is not ours, or no more. */
export function stale(): Outcome {
  const words = 'This is out of date. Type the command instead, or look for a newer message.';
  return { type: 'reply', message: say(words), visible: 'private' };
}

export type Answer = ReturnType<typeof makeAnswer>;

export function offered({ person, room, conversation, forAll }: Asker, form: Offered['form']): Offered {
  return { form, person: person.id, room: room?.id ?? null, conversation, forAll };
}

async function patiently(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof ProviderError) || !error.retry || tries === TRIES) throw error;
      const wait = error.retryAfterMs ?? WAIT_MS * 2 ** tries;
      if (wait > LONGEST_WAIT_MS) throw error;
      await sleep(wait, undefined, { ref: false });
    }
  }
}
