import { useMemo } from 'react';

import { useNames } from '../context.ts';
import type { Bar } from './bars.ts';
import { nameIn } from './words.ts';

const KINDS = {
  override: 'put in for a time',
  gap: 'nobody',
  shadow: 'told along, to learn',
} as const;

/** Whose colour is whose, and what the patterns mean that are there to be seen. */
export function Legend({
  colours,
  bars,
}: {
  readonly colours: ReadonlyMap<string, number>;
  readonly bars: readonly Bar[];
}) {
  const names = useNames().of;
  const people = useMemo(() => {
    const all = [...new Set(bars.flatMap(({ person }) => person ?? []))];
    const order = [...colours.keys()];
    return all.toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
  }, [bars, colours]);
  const kinds = (['override', 'gap', 'shadow'] as const).filter((kind) =>
    bars.some((it) => it.kind === kind),
  );
  return (
    <ul className="cal-legend" aria-label="Colours">
      {people.map((person) => (
        <li key={person}>
          <span className={`cal-swatch who-${colours.get(person) ?? 0}`} aria-hidden="true" />
          {nameIn(names, person)}
        </li>
      ))}
      {kinds.map((kind) => (
        <li key={kind}>
          <span className={`cal-swatch cal-${kind}`} aria-hidden="true" />
          {KINDS[kind]}
        </li>
      ))}
    </ul>
  );
}
