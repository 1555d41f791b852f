import { setTimeout as sleep } from 'node:timers/promises';

import { plainMessage, type Message } from '#src/chat/message.ts';
import type { FakePerson, FakePlatform, SeenForm, SeenMessage } from '#test/support/fake-platform.ts';
import type { ListeningInbox } from '#test/support/listening-inbox.ts';
import { soon } from '#test/support/soon.ts';

import { OPENS_FORM, read } from './chat-platform-seen.ts';

/** The program called nothing for so long, and is asked nothing: nothing more comes. */
const QUIET_MS = 150;
const NOISE_MS = 6000;

/** Waits for what follows from what people do. */
export function waitingOn(fake: FakePlatform, inbox: ListeningInbox) {
  /** All that somebody can read: of a room, below its messages, and outside. */
  function readable(who: FakePerson, room: string | null): readonly SeenMessage[] {
    const main = room === null ? [] : fake.messages(who, room);
    return [...main, ...main.flatMap(({ id }) => fake.below(who, id)), ...fake.direct(who)];
  }

  async function quiet(): Promise<void> {
    const deadline = performance.now() + NOISE_MS;
    let since = performance.now();
    let calls = fake.measured.calls.length;
    while (performance.now() - since < QUIET_MS && performance.now() < deadline) {
      await sleep(10);
      if (fake.measured.calls.length === calls && inbox.running === 0) continue;
      calls = fake.measured.calls.length;
      since = performance.now();
    }
  }

  /** The form that opens, pressing what opens it where it cannot open at once. */
  async function formOpened(who: FakePerson, room: string | null, before: Before): Promise<SeenForm> {
    let pressed = false;
    return await soon(`a form for ${who.name}`, async () => {
      const form = fake.form(who);
      if (form && JSON.stringify(form) !== before.form) return form;
      if (!pressed && openers(readable(who, room)) > before.openers) {
        pressed = true;
        await fake.presses(who, room ?? '', OPENS_FORM);
      }
      return null;
    });
  }

  return {
    quiet,
    /** Does it, and waits until the one who asked has got what the engine answered: its words, or its form. */
    async answered(who: FakePerson, room: string | null, act: () => Promise<void>): Promise<SeenForm | null> {
      const heard = inbox.invocations.length;
      const before = readable(who, room);
      const old = { form: JSON.stringify(fake.form(who)), openers: openers(before) };
      await act();
      const invocation = await soon(`the engine hears a wish of ${who.name}`, () =>
        inbox.invocations.slice(heard).find((it) => it.person.id === who.id),
      );
      const outcome = await inbox.invoked(invocation);
      if (outcome.type === 'form') return await formOpened(who, room, old);
      const words = beginning(outcome.message);
      await soon(`${who.name} reads the answer "${words}"`, () => {
        return count(readable(who, room), words) > count(before, words);
      });
      await quiet();
      return fake.form(who);
    },
  };
}

interface Before {
  readonly form: string;
  readonly openers: number;
}

function openers(messages: readonly SeenMessage[]): number {
  return messages.filter(({ buttons }) => buttons.includes(OPENS_FORM)).length;
}

function count(messages: readonly SeenMessage[], words: string): number {
  return messages.filter(({ text }) => read(text).includes(words)).length;
}

/** The first words of its first line: enough to know it by. */
function beginning(message: Message): string {
  const parts = message.parts.filter((it) => it.type !== 'buttons' && it.type !== 'select');
  const [line = ''] = read(plainMessage({ ...message, parts })).split('\n');
  return line.slice(0, 40).trimEnd();
}
