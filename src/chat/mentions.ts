import type { Ask } from './platform.ts';
import type { Acquaintance } from './recognise.ts';

/** How adapters write a mention of their platform's user; see `Ask`. */
const MENTION = /<@([^\s<>]{1,200})>/g;

/**
 * The same wish with the people that it mentions by the handles they have here.
 * Whom we do not know stays an id: a name is chosen by whoever bears it, and
 * could be somebody else's, or the words of a command.
 */
export async function withPeople(ask: Ask, platform: string, people: Acquaintance): Promise<Ask> {
  const handleOf = async (id: string) => (await people.personOf({ platform, id }))?.id ?? id;
  if (ask.type === 'typed') return { type: 'typed', text: await replaced(ask.text, handleOf) };
  const args: Record<string, string> = {};
  for (const [name, text] of Object.entries(ask.args)) args[name] = await replaced(text, handleOf);
  return { ...ask, args };
}

/** Words in which people are called by their names, and nobody is mentioned. */
export async function withoutMentions(text: string, platform: string, people: Acquaintance): Promise<string> {
  return await replaced(text, async (id) => (await people.nameOf({ platform, id })) ?? id);
}

async function replaced(text: string, nameOf: (id: string) => Promise<string>): Promise<string> {
  const names = new Map<string, string>();
  for (const [, id = ''] of text.matchAll(MENTION)) {
    if (!names.has(id)) names.set(id, `@${await nameOf(id)}`);
  }
  return text.replaceAll(MENTION, (_, id: string) => names.get(id) ?? id);
}
