import { useState } from 'react';

/** What is being written, kept by room over a reload and a change of rooms. */
export function useDraft(
  me: string,
  room: string,
  threadOf: number | null,
): readonly [string, (text: string) => void] {
  const key = `draft ${me} ${room}${threadOf === null ? '' : ` ${threadOf}`}`;
  const [text, setText] = useState(() => localStorage.getItem(key) ?? '');
  function write(value: string): void {
    setText(value);
    if (value === '') localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  }
  return [text, write];
}
