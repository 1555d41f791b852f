import { note } from '#src/engine/change.ts';
import type { Context } from '#src/engine/context.ts';
import { hear, type Heard } from '#src/engine/hear.ts';
import { actorOf, allows, type Actor } from '#src/incident/person.ts';
import { clean, cleanLine, shorten } from '#src/incident/text.ts';

import type { Directory } from './directory.ts';
import { withoutMentions } from './mentions.ts';
import { say } from './message.ts';
import type { Once } from './once.ts';
import type { Said } from './platform.ts';
import { nameOfAnother, type Acquaintance } from './recognise.ts';
import { inTheirName } from './said-by.ts';

interface Ear extends Omit<Context, 'actor' | 'role'> {
  readonly once: Once;
  readonly directory: Directory;
  readonly acquaintance: Acquaintance;
  /** Whether what people say is carried between the rooms of an incident. */
  readonly bridge: boolean;
}

/** What people do in an incident's room beside commands: worth keeping, or to be carried to its other rooms. */
export async function heard(ear: Ear, said: Said): Promise<void> {
  if (keptText(said) === '' && !ear.bridge) return;
  const number = await ear.directory.incidentOfRoom(said.room);
  if (number === null) return;
  await keepNote(ear, said, number);
  if (ear.bridge && said.kind !== 'pinned') await toBridge(ear, said, number);
}

/** These put a message into the timeline, like a pin. */
const KEEPING = new Set(['📌', '📍', '📝']);

/** What is pinned, or marked as worth keeping, goes to the timeline. */
async function keepNote(ear: Ear, said: Said, number: number): Promise<void> {
  const text = keptText(said);
  const person = text === '' ? null : await ear.acquaintance.personOf(said.person);
  if (!person?.active || !allows(person.role, 'responder')) return;
  // Whoever of them marks it, and however often: a message is kept once.
  await ear.once(`${said.room.platform}:pinned:${said.message.id}`, async () => {
    const whole = inTheirName(text, await writerOf(ear, said));
    await note({ ...ear, actor: actorOf(person), role: person.role }, number, whole);
    return { type: 'reply', message: say('Kept in the timeline.'), visible: 'private' };
  });
}

async function writerOf({ acquaintance }: Ear, said: Said): Promise<string | null> {
  const by = said.kind === 'pinned' || said.kind === 'reacted' ? said.by : null;
  return by ? await nameOfAnother(acquaintance, by, said.person) : null;
}

/** The longest text that is kept; the message itself stays where it is. */
const KEPT_MAX = 4000;

function keptText(said: Said): string {
  if (said.kind !== 'pinned' && !(said.kind === 'reacted' && said.on && KEEPING.has(said.emoji))) return '';
  return shorten(clean(said.text).trim(), KEPT_MAX);
}

async function toBridge(ear: Ear, said: Exclude<Said, { kind: 'pinned' }>, number: number): Promise<void> {
  const { platform } = said.person;
  const name = cleanLine((await ear.acquaintance.nameOf(said.person)) ?? said.person.id, 100);
  const actor: Actor = { type: 'user', id: `${platform}:${said.person.id}`, name };
  const plain = async (text: string) => await withoutMentions(clean(text), platform, ear.acquaintance);
  await hear({ ...ear, actor, role: 'viewer' }, number, await toHear(said, name, plain));
}

async function toHear(
  said: Exclude<Said, { kind: 'pinned' }>,
  name: string,
  plain: (text: string) => Promise<string>,
): Promise<Heard> {
  const { message } = said;
  switch (said.kind) {
    case 'message': {
      const below = said.below?.id ?? null;
      return { kind: 'message', message, name, text: await plain(said.text), files: said.files, below };
    }
    case 'edited':
      return { kind: 'edited', message, text: await plain(said.text) };
    case 'deleted':
      return { kind: 'deleted', message };
    case 'reacted': {
      const { emoji, on } = said;
      return { kind: 'reacted', message, person: said.person.id, emoji, on };
    }
  }
}
