import type { PersonId } from '#src/incident/person.ts';

import { LIMITS } from './limits.ts';
import { saidTarget, type Target } from './policy.ts';
import { clause, type NameOf } from './words.ts';

/** Who a person, a team or a schedule comes to at an instant, and a clause that says why: `ana has the shift until 18:00`. */
export interface Resolve {
  (
    target: Pick<Target, 'kind' | 'id'>,
    at: Date,
  ): { readonly people: readonly PersonId[]; readonly why: string };
  /** What sentences call them; their ids where nothing is said. */
  readonly nameOf?: NameOf;
}

/** Who or what is paged. */
export type Recipient =
  | { readonly kind: 'person'; readonly id: PersonId }
  | { readonly kind: 'room' | 'webhook' | 'external'; readonly id: string };

export interface Reached {
  readonly to: readonly Recipient[];
  /** A clause: whom the target came to and why, or why it reached nobody. */
  readonly why: string;
}

/** Whom a target comes to. One that reaches nobody gives way to its fallback, and that to its own. */
export function reach(target: Target, resolve: Resolve, at: Date): Reached {
  const failed: string[] = [];
  let next: Target | null = target;
  for (let depth = 0; next && depth <= LIMITS.fallbacks; depth += 1) {
    const { to, why } = direct(next, resolve, at);
    const name = saidTarget(next, resolve.nameOf);
    const said = why === '' ? name : `${name} (${why})`;
    if (to.length > 0) {
      const since =
        failed.length === 0 ? '' : ` as the fallback, since this reached nobody: ${failed.join('; ')}`;
      return { to, why: `${said}${since}` };
    }
    failed.push(said);
    next = next.fallback ?? null;
  }
  return { to: [], why: failed.join('; its fallback ') };
}

/** `person:ana`, the same for the same recipient. */
export function keyOf({ kind, id }: Recipient): string {
  return `${kind}:${id}`;
}

function direct({ kind, id }: Target, resolve: Resolve, at: Date): Reached {
  if (kind === 'room' || kind === 'webhook' || kind === 'external') return { to: [{ kind, id }], why: '' };
  const { people, why } = resolve({ kind, id }, at);
  const to = [...new Set(people)].map((person) => ({ kind: 'person' as const, id: person }));
  return { to, why: clause(why) };
}
