import { hash } from 'node:crypto';

import { remembered } from './remembered.ts';

export type FingerprintParts = Readonly<Record<string, string | readonly string[]>>;

/**
 * SHA-256, as 64 hex digits, over named parts. Names are sorted, so order does
 * not matter; a list counts as a set, so neither does the order in it; every
 * name, value and list stands behind its length, so no two different inputs
 * run together (`ab` + `c` is not `a` + `bc`).
 */
export function fingerprint(parts: FingerprintParts): string {
  let text = '';
  for (const name of Object.keys(parts).toSorted(byCodeUnit)) {
    const value = parts[name] ?? '';
    text += prefixed(name);
    if (typeof value === 'string') {
      text += `s${prefixed(value)}`;
    } else {
      const members = [...new Set(value)].toSorted(byCodeUnit);
      text += `l${members.length}:${members.map(prefixed).join('')}`;
    }
  }
  return digest(text);
}

const digest = remembered((text) => hash('sha256', text, 'hex'));

function prefixed(text: string): string {
  return `${text.length}:${text}`;
}

/** The same order on every machine, whatever its language. */
function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
