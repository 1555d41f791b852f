import { z } from 'zod';

import { ENVIRONMENTS, type Environment } from '#src/incident/incident.ts';
import { clean, cleanLine } from '#src/incident/text.ts';

export const CHANGE_KINDS = ['deploy', 'config', 'flag', 'other'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** `started`: under way. What is pushed or released succeeds at once: that says nothing of its deploy. */
export const CHANGE_STATUSES = ['started', 'succeeded', 'failed', 'cancelled'] as const;
export type ChangeStatus = (typeof CHANGE_STATUSES)[number];

/** Something that people or programs changed on purpose: the first thing to look at when something breaks. */
export interface Change {
  /** `<source>:<the vendor's id of it>`: what is told of it later has the same. */
  readonly id: string;
  /** The reader that took it in: `github`, `gitlab`, `argocd`, `generic`. */
  readonly source: string;
  readonly kind: ChangeKind;
  /** As the sender names it; a name or an alias in the catalogue. Null: not said. */
  readonly service: string | null;
  /** Null: not said, or none of ours; the sender's own word is in `details.environment`. */
  readonly environment: Environment | null;
  readonly title: string;
  readonly author: string | null;
  /** Where a person can look at it; http(s) only. */
  readonly url: string | null;
  readonly startedAt: Date;
  /** Null while it is under way. */
  readonly endedAt: Date | null;
  readonly status: ChangeStatus;
  /** Files or commits that it touched; null: not said. */
  readonly size: number | null;
  /** What else the sender says of it, in its words: `revision`, `version`, `branch`, `environment`, ... */
  readonly details: Readonly<Record<string, string>>;
}

const TITLE_MAX = 255;
const DETAILS_MAX = 30;

/** What a reader of a vendor's webhook answers; strings are cleaned and cut, addresses that nobody can open dropped. */
export const ChangeShape = z.object({
  id: z
    .string()
    .transform((it) => clean(it).trim())
    .pipe(z.string().min(1, 'it has no id').max(300)),
  source: z.string().max(50),
  kind: z.enum(CHANGE_KINDS),
  service: line(200),
  environment: z.enum(ENVIRONMENTS).nullable(),
  title: z.string().transform((it) => cleanLine(it, TITLE_MAX) || 'A change'),
  author: line(200),
  url: z
    .string()
    .nullable()
    .transform((it) => (it !== null && isOpenable(it) ? it : null)),
  startedAt: z.date(),
  endedAt: z.date().nullable(),
  status: z.enum(CHANGE_STATUSES),
  size: z.number().int().nonnegative().max(2_000_000_000).nullable(),
  details: z.record(z.string(), z.string()).transform(cleanDetails),
}) satisfies z.ZodType<Change>;
export type ChangeInput = z.input<typeof ChangeShape>;

/** A line of cleaned text; null where nothing is left of it. */
function line(max: number) {
  return z
    .string()
    .nullable()
    .transform((it) => (it === null ? null : cleanLine(it, max) || null));
}

function cleanDetails(details: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(details)
      .slice(0, DETAILS_MAX)
      .map(([name, value]) => [cleanLine(name, 60), cleanLine(value, 500)] as const)
      .filter(([name, value]) => name !== '' && value !== ''),
  );
}

function isOpenable(url: string): boolean {
  return url.length <= 2000 && /^https?:\/\/[\x21-\x7e]+$/i.test(url) && URL.canParse(url);
}
