import type { Target } from '#src/paging/policy.ts';
import { CONTACT_KINDS } from '#src/paging/rules.ts';

import type { SetupState } from './state.ts';

/** Of the rooms, webhooks and other systems that policies and routes name: those that nothing can be sent to. */
export function unsentWarnings({ policies, routes }: Pick<SetupState, 'policies' | 'routes'>): string[] {
  const named = [
    ...policies.map((it) => ({
      by: `Policy ${it.name}`,
      targets: it.levels.flatMap((level) => level.targets),
    })),
    ...routes.map((it) => ({
      by: `Route ${it.name}`,
      targets: it.actions.flatMap((action) => (action.do === 'notify' ? action.targets : [])),
    })),
  ];
  const warnings = named.flatMap(({ by, targets }) =>
    targets.flatMap(withFallbacks).flatMap((it) => {
      const why = whyUnsent(it);
      return why === null ? [] : [`${by} names ${why}.`];
    }),
  );
  return [...new Set(warnings)];
}

function withFallbacks(target: Target): Target[] {
  return [target, ...(target.fallback ? withFallbacks(target.fallback) : [])];
}

/** Null: it may be sent. Addresses may be secrets, so none is said. */
function whyUnsent({ kind, id }: Target): string | null {
  const [first = '', rest = ''] = id.split(/\/(.*)/s);
  if (kind === 'room' && (first === '' || rest === '')) {
    return 'a room without its platform; write it like room:<platform>/<channel>';
  }
  if (kind === 'external' && (rest === '' || !isChannel(first))) {
    return 'a system that is not known; write it like external:pagerduty/<key>';
  }
  if (kind === 'webhook' && URL.parse(id)?.protocol !== 'https:') {
    return 'a webhook that does not begin with https://; it is called only with NOTIFY_PRIVATE_ADDRESSES=on, by http';
  }
  return null;
}

function isChannel(word: string): boolean {
  return word !== 'chat' && (CONTACT_KINDS as readonly string[]).includes(word);
}
