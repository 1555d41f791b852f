import type { PersonId } from '#src/incident/person.ts';
import { cleanLine } from '#src/incident/text.ts';

import type { Note } from '../carried.ts';
import type { Directory } from '../directory.ts';
import type { OgRecipient, OpsgenieExport } from './answers.ts';

/** Who takes a turn; and why that is not quite what it was, where it is not. */
export type Recipients = (it: OgRecipient) => {
  readonly people: readonly PersonId[];
  readonly why: string | null;
};

/**
 * A user is a person. A turn of a whole team, of an escalation or of nobody is
 * none that a rotation here can have, so it is given to the nearest thing.
 */
export function recipientsOf({ users, teams }: OpsgenieExport, people: Directory, notes: Note[]): Recipients {
  const byName = new Map(users.map((it) => [it.username.toLowerCase(), it.id]));
  const nobody = (): PersonId[] => [people.personOf('none', 'Nobody')];
  const instead = (says: string, todo: string, found: readonly PersonId[]) => {
    notes.push({ about: 'turns of a rotation', says, todo });
    return { people: found.length > 0 ? found : nobody(), why: says };
  };
  return (it) => {
    const called = it.username ?? it.name ?? it.id ?? '';
    const said = cleanLine(called, 100);
    if (it.type === 'user') {
      const id = it.id ?? byName.get(called.toLowerCase()) ?? called;
      return { people: [people.personOf(id, called)], why: null };
    }
    if (it.type === 'team') {
      const team = teams.find(({ id, name }) => id === it.id || name === it.name);
      const members = (team?.members ?? []).map(({ user }) => people.personOf(user.id, user.username));
      return instead(
        `A turn belongs to team ${said}: here it is all its members, where there it is whoever its own rules choose.`,
        'Write the people of that turn in the file.',
        members,
      );
    }
    if (it.type === 'none') {
      return instead(
        'A turn belongs to nobody: here it is that of a placeholder without contacts, who is switched off.',
        'Put somebody in that turn, or page another level for it.',
        [],
      );
    }
    return instead(
      `A turn belongs to the ${cleanLine(it.type, 40)} ${said}, which a rotation cannot hold: here it is a placeholder's.`,
      'Write the people of that turn in the file.',
      [],
    );
  };
}
