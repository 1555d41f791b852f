import type { Inline, Message, Part, Text } from './message.ts';
import type { ChatPlatform, Ref } from './platform.ts';

type FindRef = (person: string, platform: string) => Promise<Ref | null>;

/**
 * The same message with the people in it as the platform knows them, so that
 * they are notified there. Whom the platform does not know is named, without being notified.
 */
export async function addressed(message: Message, platform: string, refOf: FindRef): Promise<Message> {
  const people = [...new Set(message.parts.flatMap(peopleIn))];
  if (people.length === 0) return message;
  const found = await Promise.all(people.map(async (id) => [id, await refOf(id, platform)] as const));
  const ids = new Map(found.map(([id, ref]) => [id, ref?.id ?? null]));
  return { ...message, parts: message.parts.map((part) => addressPart(part, ids)) };
}

/** A platform that is told people by our ids. */
export function addressing(platform: ChatPlatform, refOf: FindRef): ChatPlatform {
  const to = async (message: Message) => await addressed(message, platform.name, refOf);
  return {
    name: platform.name,
    limits: platform.limits,
    socket: platform.socket,
    start: (inbox, commands) => platform.start(inbox, commands),
    stop: () => platform.stop(),
    check: () => platform.check(),
    openRoom: (room) => platform.openRoom(room),
    setTopic: (room, topic) => platform.setTopic(room, topic),
    archiveRoom: (room) => platform.archiveRoom(room),
    reviveRoom: (room) => platform.reviveRoom(room),
    invite: (room, people) => platform.invite(room, people),
    post: async (room, message, options) => await platform.post(room, await to(message), options),
    edit: async (posted, message) => await platform.edit(posted, await to(message)),
    remove: (posted) => platform.remove(posted),
    replyTo: async (posted, message, options) => await platform.replyTo(posted, await to(message), options),
    whisper: async (person, room, message, options) =>
      await platform.whisper(person, room, await to(message), options),
    direct: async (person, message, options) => await platform.direct(person, await to(message), options),
    react: (posted, emoji, on) => platform.react(posted, emoji, on),
    attach: (room, file, options) => platform.attach(room, file, options),
    fetchFile: (file) => platform.fetchFile(file),
    whois: (who) => platform.whois(who),
    setGroup: (group, people) => platform.setGroup(group, people),
  };
}

function textsOf(part: Part): readonly Text[] {
  if (part.type === 'text' || part.type === 'context') return [part.text];
  if (part.type === 'fields') return part.fields.map(({ value }) => value);
  return part.type === 'list' ? part.items : [];
}

function peopleIn(part: Part): string[] {
  return textsOf(part).flatMap((text) =>
    typeof text === 'string'
      ? []
      : text.flatMap((it) => (typeof it !== 'string' && it.type === 'person' ? [it.id] : [])),
  );
}

type Ids = ReadonlyMap<string, string | null>;

function addressPart(part: Part, ids: Ids): Part {
  if (part.type === 'text' || part.type === 'context') return { ...part, text: addressText(part.text, ids) };
  if (part.type === 'list') return { ...part, items: part.items.map((it) => addressText(it, ids)) };
  if (part.type !== 'fields') return part;
  return {
    ...part,
    fields: part.fields.map((field) => ({ ...field, value: addressText(field.value, ids) })),
  };
}

function addressText(text: Text, ids: Ids): Text {
  if (typeof text === 'string') return text;
  return text.map((inline): Inline => {
    if (typeof inline === 'string' || inline.type !== 'person') return inline;
    const id = ids.get(inline.id);
    return id === null || id === undefined ? { type: 'bold', text: inline.name } : { ...inline, id };
  });
}
