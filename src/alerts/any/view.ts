/** An unknown payload as a list of named scalars, the nearest to the top first. */
import { type Fields, isFields, text } from '../fields.ts';

export interface Found {
  /** The field's name, lower case, without `_`, `-` and blanks: `alert_type` and `alertType` are both `alerttype`. */
  readonly key: string;
  /** The names above it, in the same form, the outermost first. */
  readonly above: readonly string[];
  readonly value: string | number | boolean;
}

export interface View {
  /** The payload as it came; vendor rows read their own paths from it. */
  readonly body: Fields;
  readonly found: readonly Found[];
  /** The same for what stands in lists of objects: stages, jobs, conditions. Weaker evidence. */
  readonly listed: readonly Found[];
}

/** A webhook of a megabyte may be anything; what matters of an alert stands near the top. */
const DEPTH = 5;
const OBJECTS = 300;
const MEMBERS = 200;
const FIELDS = 3000;
const LIST_MEMBERS = 20;

/** Subtrees that speak of somebody or something else than the alert. */
const ASIDE = new Set(
  (
    'user users author assignee assignees assignedto assignedtouser owner owners agent account organization org team teams ' +
    'webhook webhooks integration request response headers header cookies query requests env extra modules sdk ' +
    'contexts contextdata breadcrumbs stacktrace exception user_agents previous previousstate prior old oldvalue ' +
    'previousvalue before prechange snapshots escalationpolicy notificationoptions meta metadata links urls schedule ' +
    'sender actor contact contacts subscription repository repositorydata commit committer pusher installation ' +
    'location browser device thresholds extraproperties vcs triggerparameters customer person ' +
    'lastlogentry webhookobject notifier gitsource buildcause materialrevisions teamcityproperties hosts'
  ).split(' '),
);

export function squash(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

export function viewOf(body: Fields): View {
  const found: Found[] = [];
  const listed: Found[] = [];
  const queue: Step[] = [{ node: body, above: [], inList: false }];
  for (
    let next = 0;
    next < queue.length && next < OBJECTS && found.length + listed.length < FIELDS;
    next += 1
  ) {
    const step = queue[next];
    if (!step) break;
    for (const [name, value] of Object.entries(step.node).slice(0, MEMBERS)) {
      const key = squash(name);
      const scalar = scalarOf(value);
      if (scalar !== null) {
        const target = step.inList ? listed : found;
        if (text(scalar) !== null) target.push({ key, above: step.above, value: scalar });
      } else if (step.above.length < DEPTH && !ASIDE.has(key)) {
        const inList = step.inList || Array.isArray(value);
        queue.push(...members(value).map((node) => ({ node, above: [...step.above, key], inList })));
      }
    }
  }
  return { body, found, listed };
}

/** A text, number or flag; the first of a list of texts, as in `"title": ["High error rate"]`. */
function scalarOf(value: unknown): string | number | boolean | null {
  const one: unknown = Array.isArray(value) && typeof value[0] === 'string' ? value[0] : value;
  return typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean' ? one : null;
}

interface Step {
  readonly node: Fields;
  readonly above: readonly string[];
  readonly inList: boolean;
}

function members(value: unknown): Fields[] {
  if (Array.isArray(value)) return value.slice(0, LIST_MEMBERS).filter(isFields);
  return isFields(value) ? [value] : [];
}

/**
 * The text of the best of these fields that is `usable`: the order of `names`
 * counts, and each level of depth as much as three places in it. A name with a
 * dot is a field directly inside an object of that name.
 */
export function best(
  view: View,
  names: readonly string[],
  usable: (value: string) => boolean = () => true,
): string | null {
  let winner: string | null = null;
  let lowest = Infinity;
  for (const { key, above, value } of withParents(view).found) {
    const place = names.indexOf(key);
    if (place < 0 || typeof value === 'boolean') continue;
    const rank = place + above.length * PER_LEVEL;
    if (rank < lowest && usable(String(value))) {
      lowest = rank;
      winner = String(value);
    }
  }
  return winner;
}

const PER_LEVEL = 3;
const parents = new WeakMap<View, View>();

/** The same fields, and each once more under the name of the object around it: `check.id`. */
export function withParents(view: View): View {
  const known = parents.get(view);
  if (known) return known;
  const named = view.found.flatMap((field) => {
    const parent = field.above.at(-1);
    if (parent === undefined) return [field];
    return [field, { ...field, key: `${parent}.${field.key}`, above: field.above.slice(0, -1) }];
  });
  const wider = { ...view, found: named };
  parents.set(view, wider);
  return wider;
}
