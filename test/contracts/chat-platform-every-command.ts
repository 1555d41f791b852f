import { expect } from 'vitest';

import { commands } from '#commands/index.ts';
import { say } from '#src/chat/message.ts';
import { parse } from '#src/chat/parse.ts';

import { everything, ROOM, type Seen, type SeenTest } from './chat-platform-seen.ts';
import { formOf, meant } from './chat-platform-wishes.ts';

/** Everything that people can say can be said here: with its words, and with its form. */
export function everyCommandContract(it: SeenTest): void {
  for (const { name, examples } of commands) {
    const [example = name] = examples;
    it(`takes the command ${name}`, async ({ seen }) => {
      const room = await seen.platform.openRoom(ROOM);
      await seen.platform.invite(room, [seen.ana, seen.bo]);
      seen.answers({ type: 'reply', message: say(`${name} is done.`), visible: 'private' });
      await seen.types(seen.ana, room, `/incident ${withMentions(example, seen)}`);
      const { command, args } = parse(example, commands);
      const heard = meant(seen.heard.invocations.at(-1)?.ask);
      expect({ ...heard, args: withHandles(heard.args, seen) }).toEqual({ command: command.name, args });
      expect(await everything(seen, seen.ana, room)).toContain(`${name} is done.`);

      seen.answers({ type: 'form', form: { ...formOf({}), command: name } });
      await seen.types(seen.ana, room, `/incident ${withMentions(example, seen)}`);
      seen.answers({ type: 'reply', message: say(`${name} is done again.`), visible: 'private' });
      await seen.fills(seen.ana, { how: 'as the form says' });
      expect(seen.heard.invocations.at(-1)?.ask).toMatchObject({
        type: 'form',
        command: name,
        args: { how: 'as the form says' },
      });
    });
  }
}

/** `@bo` of an example is the person of that name, whom people there mention in their way. */
function withMentions(line: string, { ana, bo }: Seen): string {
  return line.replaceAll('@ana', `<@${ana.id}>`).replaceAll('@bo', `<@${bo.id}>`);
}

function withHandles(args: Readonly<Record<string, string>>, { ana, bo }: Seen): Record<string, string> {
  const named = (word: string) => word.replaceAll(`<@${ana.id}>`, '@ana').replaceAll(`<@${bo.id}>`, '@bo');
  return Object.fromEntries(Object.entries(args).map(([name, word]) => [name, named(word)]));
}
