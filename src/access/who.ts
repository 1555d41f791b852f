import { UserError } from '#src/errors.ts';
import type { Actor, Person, Role } from '#src/incident/person.ts';

/**
 * What a key may be used for. `own:write` is how its person is told when they are paged; `incidents:write`
 * contains it, and `admin` all others.
 */
export const SCOPES = ['events:write', 'incidents:read', 'own:write', 'incidents:write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Who asks, once it is known. */
export interface Who {
  /** As whom the log records what they do. */
  readonly actor: Actor;
  /** Null: a program with a key that is nobody's. */
  readonly person: Person | null;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  /** `key:ID` or `person:ID`: what limits and idempotency keys are counted by. */
  readonly owner: string;
  /** `session` and `local` come with every request of a browser, whoever made the page that sends it; a key does not. */
  readonly via: 'key' | 'session' | 'local';
}

/** What a person may do through every door, by their role. */
export const SCOPES_OF: Record<Role, readonly Scope[]> = {
  viewer: ['incidents:read', 'own:write'],
  responder: ['incidents:read', 'own:write', 'incidents:write', 'events:write'],
  admin: SCOPES,
};

/** The least role that makes sense of these scopes: what the engine lets a key without a role do. */
export function roleFor(scopes: readonly Scope[]): Role {
  if (scopes.includes('admin')) return 'admin';
  return scopes.includes('incidents:write') ? 'responder' : 'viewer';
}

export function mayUse(who: Pick<Who, 'scopes'>, scope: Scope): boolean {
  if (scope === 'own:write' && who.scopes.includes('incidents:write')) return true;
  return who.scopes.includes(scope) || who.scopes.includes('admin');
}

/** Throws `not_allowed` with what is missing and who can give it. */
export function demand(who: Who, scope: Scope): void {
  if (mayUse(who, scope)) return;
  const missing =
    who.via === 'key'
      ? `This key does not have the scope ${scope}; it has ${who.scopes.join(', ') || 'none'}. An admin can make one that has.`
      : `This needs more than the role ${who.role}; an admin can give it to you.`;
  throw new UserError('not_allowed', missing, { needed: scope, scopes: who.scopes });
}
