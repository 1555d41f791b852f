import { useLayoutEffect, useRef, type RefObject } from 'react';

/**
 * A drawer takes the focus when it opens, and gives it back to where it was
 * when it closes. What it covers is inert meanwhile and loses the focus, so
 * this looks before the browser has noticed.
 */
export function useDrawerFocus(drawer: RefObject<HTMLElement | null>, open: boolean): void {
  const before = useRef<Element | null>(null);
  useLayoutEffect(() => {
    const { activeElement, body } = document;
    if (open) {
      before.current = activeElement;
      drawer.current?.querySelector<HTMLElement>('a, button, textarea')?.focus();
      return;
    }
    const isLost =
      activeElement === null || activeElement === body || drawer.current?.contains(activeElement);
    if (isLost && before.current instanceof HTMLElement) before.current.focus();
    before.current = null;
  }, [drawer, open]);
}
