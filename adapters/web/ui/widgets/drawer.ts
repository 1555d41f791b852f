import { useEffect, useRef, type RefObject } from 'react';

/** A drawer takes the focus when it opens, and gives it back to where it was when it closes. */
export function useDrawerFocus(drawer: RefObject<HTMLElement | null>, open: boolean): void {
  const before = useRef<Element | null>(null);
  useEffect(() => {
    if (open) {
      before.current = document.activeElement;
      drawer.current?.querySelector<HTMLElement>('a, button, textarea')?.focus();
      return;
    }
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (lost && before.current instanceof HTMLElement) before.current.focus();
    before.current = null;
  }, [drawer, open]);
}
