import type { Incident } from './incident.ts';
import type { PersonId, Role } from './person.ts';

/** Who looks. A program's key is nobody: `id` is null. */
export interface Viewer {
  readonly id: PersonId | null;
  readonly role: Role;
}

/**
 * An incident is for everybody, unless it is private: then for admins, for those
 * who work on it, and for those who declared it or were invited.
 */
export function maySee(
  { isPrivate, insiders, assignee, roles }: Pick<Incident, 'isPrivate' | 'insiders' | 'assignee' | 'roles'>,
  { id, role }: Viewer,
): boolean {
  if (!isPrivate || role === 'admin') return true;
  return id !== null && (insiders.includes(id) || assignee === id || Object.values(roles).includes(id));
}
