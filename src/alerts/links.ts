import type { Link } from './alert.ts';

/** The links among these; what is no http(s) address, and what comes twice, is dropped when the alert is checked. */
export function linksTo(...candidates: readonly (readonly [label: string, url: unknown])[]): Link[] {
  return candidates.flatMap(([label, url]) =>
    typeof url === 'string' && url !== '' ? [{ label, url }] : [],
  );
}
