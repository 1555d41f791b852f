import { useSyncExternalStore } from 'react';

const watching = new Set<() => void>();

/**
 * What is being written, kept by room over a reload and a change of rooms; how to set it, and what is kept
 * now. Whoever writes it late, when the room was left and opened again, changes what is seen there.
 */
export function useDraft(
  me: string,
  room: string,
  threadOf: number | null,
): readonly [string, (text: string) => void, () => string] {
  const key = `draft ${me} ${room}${threadOf === null ? '' : ` ${threadOf}`}`;
  const kept = () => localStorage.getItem(key) ?? '';
  const text = useSyncExternalStore(watch, kept);
  function write(value: string): void {
    if (value === '') localStorage.removeItem(key);
    else localStorage.setItem(key, value);
    for (const changed of watching) changed();
  }
  return [text, write, kept];
}

function watch(changed: () => void): () => void {
  watching.add(changed);
  return () => watching.delete(changed);
}
