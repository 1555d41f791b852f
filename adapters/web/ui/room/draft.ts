import { useSyncExternalStore } from 'react';

/** As this window has them; another one writes its own. */
const drafts = new Map<string, string>();
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
  const kept = () => {
    const draft = drafts.get(key) ?? localStorage.getItem(key) ?? '';
    drafts.set(key, draft);
    return draft;
  };
  const text = useSyncExternalStore(watch, kept);
  function write(value: string): void {
    drafts.set(key, value);
    store(key, value);
    for (const changed of watching) changed();
  }
  return [text, write, kept];
}

function watch(changed: () => void): () => void {
  watching.add(changed);
  return () => watching.delete(changed);
}

function store(key: string, value: string): void {
  try {
    if (value === '') localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // There is no place left for it; it is kept until the page is left.
  }
}
