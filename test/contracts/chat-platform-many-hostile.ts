import { expect } from 'vitest';

import { bold, code, type Message, type Part } from '#src/chat/message.ts';
import { HOSTILE_STRINGS } from '#test/support/hostile-strings.ts';

import { expectHarmless, fits } from './chat-platform-hostile.ts';
import { BUTTON, ofBot, read, ROOM, type Seen, type SeenTest } from './chat-platform-seen.ts';

/** So many rooms at once, because platforms take only so many messages a second in one of them. */
const ROOMS = 5;
/** Strings in one message. */
const TOGETHER = 5;

/** 500 strings that mean something somewhere, in every field that shows words. */
export function manyHostileContract(it: SeenTest): void {
  it('shows each of 500 hostile strings as it is, in every field of a message', async ({ seen }) => {
    const groups = Array.from({ length: HOSTILE_STRINGS.length / TOGETHER }, (_, at) =>
      HOSTILE_STRINGS.slice(at * TOGETHER, (at + 1) * TOGETHER),
    );
    await Promise.all(
      Array.from({ length: ROOMS }, async (_, at) => {
        await showAll(
          seen,
          `inc-${at + 1}-hostile`,
          groups.filter((__, group) => group % ROOMS === at),
        );
      }),
    );
  });
}

async function showAll(seen: Seen, name: string, groups: readonly (readonly string[])[]): Promise<void> {
  const room = await seen.platform.openRoom({ ...ROOM, name });
  for (const [at, group] of groups.entries()) {
    await seen.platform.post(room, saying(group), { key: `${name}:${at}` });
  }
  const shown = (await ofBot(seen, seen.ana, room)).slice(-groups.length);
  expect(shown).toHaveLength(groups.length);
  for (const [at, group] of groups.entries()) {
    const message = shown[at];
    const words = read(message?.text ?? '');
    for (const [index, text] of group.entries()) {
      expect(words.split(read(text)).length - 1, `${text} in\n${words}`).toBeGreaterThanOrEqual(8);
      expect(fits(message?.buttons[index], text), `${text} as ${message?.buttons[index]}`).toBe(true);
      expect(fits(message?.options[index], text), `${text} as ${message?.options[index]}`).toBe(true);
    }
  }
  expectHarmless(seen, shown);
}

/** Each of the strings eight times, each time in another part, and on a button and in a menu. */
function saying(strings: readonly string[]): Message {
  const parts = strings.flatMap((text): Part[] => [
    { type: 'heading', text },
    { type: 'fields', fields: [{ label: text, value: text }] },
    { type: 'list', items: [text, [bold(text), code(text)]] },
    { type: 'context', text },
    { type: 'code', text },
  ]);
  const buttons = strings.map((label) => ({ ...BUTTON, label, args: { note: label } }));
  const options = strings.map((label) => ({ label, value: label }));
  const select = { label: strings[0] ?? '', command: 'note', args: {}, arg: 'text', options };
  return {
    parts: [...parts, { type: 'buttons', buttons }, { type: 'select', select }],
    summary: strings.join(' '),
    tone: 'alarm',
  };
}
