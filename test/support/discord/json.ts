import type { Json } from './world.ts';

/** The text of this name; empty where there is none, or it is no text. */
export function textOf(it: Json | undefined, name: string): string {
  const value = it?.[name];
  return typeof value === 'string' ? value : '';
}

/** An id, which may be written as a number. */
export function idOf(it: Json): string {
  const { id } = it;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : '';
}

/** The objects of this name; none where there are none. */
export function listOf(it: Json | undefined, name: string): readonly Json[] {
  return (it?.[name] as readonly Json[] | undefined) ?? [];
}

export function objectOf(it: Json, name: string): Json | undefined {
  return it[name] as Json | undefined;
}
