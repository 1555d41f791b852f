import { arg } from '#src/chat/args.ts';
import { defineCommand, tellRoom } from '#src/chat/command.ts';
import { say } from '#src/chat/message.ts';
import { list } from '#src/chat/names.ts';
import { tag as put } from '#src/engine/change.ts';
import { UserError } from '#src/errors.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';

export const tag = defineCommand({
  name: 'tag',
  aliases: ['label'],
  summary: 'Put tags on an incident, or take them off',
  group: 'Put in order',
  examples: ['tag region=eu', 'tag INC-42 region=eu tier=1', 'tag -region'],
  allow: 'responder',
  args: {
    incident: arg.incident(undefined, { among: STATUSES }),
    tags: arg.text('Tags like region=eu; -region takes one off', { max: 1000 }),
  },

  async run(ctx, { incident: number, tags }) {
    const { added, removed } = readTags(tags);
    const after = await put(ctx, number, added, removed);
    const all = list(Object.entries(after.tags).map(([key, value]) => `${key}=${value}`));
    return tellRoom(ctx, number, say(`The tags of ${shortName(number)}: ${all || 'none'}.`));
  },
});

const KEY_MAX = 60;
const VALUE_MAX = 200;

/** `region=eu tier:1 owner="team a" -old` as what to put on and what to take off. Throws UserError. */
function readTags(text: string): { added: Record<string, string>; removed: string[] } {
  const added = new Map<string, string>();
  const removed: string[] = [];
  for (const [word, minus = '', key = '', value] of text.matchAll(
    /(-{0,2})([^\s=:]+)(?:[=:]("[^"]{0,200}"|\S*))?|\S+/g,
  )) {
    const content = value?.replaceAll('"', '') ?? '';
    if (key === '' || key.length > KEY_MAX || content.length > VALUE_MAX) refuse(word);
    else if (minus !== '' || value === '') removed.push(key);
    else if (content === '') refuse(word);
    else added.set(key, content);
  }
  return { added: Object.fromEntries(added), removed };
}

function refuse(word: string): never {
  const text = `\`${word.slice(0, 60)}\` is no tag. Write it like region=eu, with a name of at most ${KEY_MAX} characters and a value of at most ${VALUE_MAX}; -region takes one off.`;
  throw new UserError('bad_arguments', text, { field: 'tags' });
}
