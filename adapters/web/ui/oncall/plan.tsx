import { useEffect, useRef } from 'react';

import { Warning } from './person.tsx';
import type { PlanView } from './views.ts';

const SIGNS = { added: '+', changed: '~', removed: '−' } as const;

/** What a change would do, before it does. */
export function Plan({ plan }: { readonly plan: PlanView }) {
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    element.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <section ref={element} className="oncall-plan" role="status" aria-label="What would change">
      <h3>{plan.changes.length === 0 ? 'Nothing would change.' : 'This would change'}</h3>
      <ul>
        {plan.changes.map(({ kind, text }) => (
          <li key={text} className={`is-${kind}`}>
            <b aria-hidden="true">{SIGNS[kind]}</b> {text}
          </li>
        ))}
      </ul>
      {plan.warnings.map((it) => (
        <Warning key={it}>{it}</Warning>
      ))}
    </section>
  );
}
