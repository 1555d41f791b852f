import { z } from 'zod';

import { TARGET_KINDS, type Target } from '#src/paging/policy.ts';

import { either, fields, meant, quoted, text } from '../fields.ts';
import type { Plain } from '../state.ts';

const TargetText = text(2000).transform((it, ctx): Target => {
  const at = it.indexOf(':');
  const word = it.slice(0, at).trim();
  const kind = TARGET_KINDS.find((known) => known === word);
  const id = it.slice(at + 1).trim();
  if (kind === undefined || at < 0 || id === '') {
    const hint = meant(word, TARGET_KINDS) || '; write it like schedule:payments or person:ana';
    ctx.addIssue(`${quoted(it)} is no target${hint}`);
    return z.NEVER;
  }
  // Without a colon or a slash it is a name.
  if (kind === 'webhook' && /[:/]/.test(id) && !/^https?:$/.test(URL.parse(id)?.protocol ?? '')) {
    ctx.addIssue(`${quoted(it)} is no address; write it like webhook:https://example.com/hook`);
  }
  return { kind, id };
});

/** `schedule:payments`, or `{to, fallback}`. */
export const TargetEntry: z.ZodType<Target> = either<Target>(
  TargetText,
  fields({
    to: TargetText,
    fallback: z.lazy(() => TargetEntry).optional(),
  }).transform(({ to, fallback }) => (fallback ? { ...to, fallback } : to)),
);

export function writeTarget({ kind, id, fallback }: Target): Plain {
  const to = `${kind}:${id}`;
  return fallback ? { to, fallback: writeTarget(fallback) } : to;
}
