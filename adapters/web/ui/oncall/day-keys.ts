import type { KeyboardEvent } from 'react';

/** What the arrow keys move by, in days. */
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };

/** Walks the days of a calendar with the arrow keys, and leafs with Page Up and Page Down. */
export function walkDays(event: KeyboardEvent<HTMLElement>, onStep: (by: 1 | -1) => void): void {
  if (event.key === 'PageUp' || event.key === 'PageDown') {
    event.preventDefault();
    onStep(event.key === 'PageUp' ? -1 : 1);
    return;
  }
  const by = STEPS[event.key];
  const days = [...event.currentTarget.querySelectorAll<HTMLElement>('.cal-day')];
  const at = days.findIndex((it) => it === document.activeElement);
  if (by === undefined || at < 0) return;
  event.preventDefault();
  days[at + by]?.focus();
}
