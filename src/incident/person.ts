/** A short lower-case handle such as `ana`; what follows the @ in a mention. Never changes. */
export type PersonId = string & { readonly __person: true };
/** A short lower-case handle such as `payments`. Never changes. */
export type TeamId = string & { readonly __team: true };

/** viewer reads; responder runs incidents; admin also manages people, keys and settings. */
export const ROLES = ['viewer', 'responder', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export interface Person {
  readonly id: PersonId;
  readonly name: string;
  readonly email: string | null;
  readonly role: Role;
  readonly timezone: string;
  readonly active: boolean;
}

export interface Team {
  readonly id: TeamId;
  readonly name: string;
  readonly members: readonly PersonId[];
}

/** Who did something: a person, this program, or another system. */
export interface Actor {
  readonly type: 'user' | 'system' | 'integration';
  readonly id: string;
  readonly name: string;
}

export const SYSTEM: Actor = { type: 'system', id: 'incident-manager', name: 'Incident Manager' };

/** True when `role` may do what `needed` may. */
export function allows(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export function actorOf(person: Pick<Person, 'id' | 'name'>): Actor {
  return { type: 'user', id: person.id, name: person.name };
}
