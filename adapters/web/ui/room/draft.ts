import { useState } from 'react';

/** What is being written, kept by room over a reload and a change of rooms; and how to set it, and what is kept now. */
export function useDraft(
  me: string,
  room: string,
  threadOf: number | null,
): readonly [string, (text: string) => void, () => string] {
  const key = `draft ${me} ${room}${threadOf === null ? '' : ` ${threadOf}`}`;
  const [text, setText] = useState(() => localStorage.getItem(key) ?? '');
  function write(value: string): void {
    setText(value);
    if (value === '') localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  }
  return [text, write, () => localStorage.getItem(key) ?? ''];
}
