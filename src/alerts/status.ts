/**
 * What a status word says. Words are told apart by how sure they are: `closed`
 * means one thing wherever it stands, `error` names a state in a status field
 * but only a kind of message in an event type, `created` and `updated` say
 * that something happened and leave the state to other fields.
 */
import type { AlertState } from './alert.ts';
import { squeeze } from './normalise.ts';

export type Sureness = 'sure' | 'status' | 'hint';

export interface StatusWord {
  readonly state: AlertState;
  /** `sure` anywhere; `status` sure in a status field, a hint in an event type; `hint` only where nothing else speaks. */
  readonly sureness: Sureness;
}

/** `phrase|phrase` in the form that `squeeze` gives. */
const WORDS: Readonly<Record<AlertState, Readonly<Record<Sureness, string>>>> = {
  resolved: {
    sure:
      'resolved|resolve|autoresolved|auto resolved|manually resolved|recovered|recovery|recover|closed|close|autoclosed|' +
      'auto closed|cleared|clear|up|back up|ok|okay|back to normal|normal|healthy|fixed|restored|online|operational|' +
      'ended|solved|deactivated|condition cleared|no longer firing|reporting',
    status:
      'success|successful|succeeded|pass|passed|passing|available|good|green|inactive|clean|stable|end|reachable|' +
      'connected|complete|success with info',
    hint: 'recovering|mitigated',
  },
  firing: {
    sure:
      'firing|fired|fire|triggered|trigger|alerting|alarm|in alarm|alarming|open|opened|reopened|reopen|re opened|' +
      'activated|problem|down|went down|offline|unreachable|unavailable|not ok|failing|unhealthy|breached|breach|' +
      'violated|violating|anomalous|regressed|regression|retriggered|re triggered|renotify|re notify|no data|nodata|' +
      're no data|warn|re warn|missing|missed|investigating|identified|outage|major outage|partial outage|' +
      'degraded performance|degraded|detected|raised|unresolved|in violation|still firing|reactivated|trouble|' +
      'out of service|disconnected|not reporting|timed out|expired|crashed|fault|faulted|down reminder|flatline',
    status:
      'critical|crit|warning|error|errored|err|failed|fail|failure|failures|broken|bad|fatal|emergency|red|yellow|' +
      'active|alert|major|minor|high|timeout|exception|abnormal|suspicious|violation|threshold|poor|late|expiring|' +
      'started|start|begin|began|failed with error|infrastructure fail|timedout|startup failure|unstable|not built',
    hint:
      'new|created|create|occurred|occurrence|incident|issue|anomaly|attack|finding|reminder|repeat|added|opening|' +
      'notify|notification|exceeded|alerts|event|dangerous',
  },
  acknowledged: {
    sure: 'acknowledged|acknowledge|acknowledgement|acknowledgment|ack|acked|acknowledge alert|claimed',
    status: 'accepted|taken',
    hint: '',
  },
  other: {
    sure:
      'comment|commented|comment added|note|noted|add note|addnote|note added|annotate|annotated|annotation|assigned|' +
      'assign|assignment|reassigned|reassign|unassigned|assign ownership|take ownership|delegated|delegate|escalated|' +
      'escalate|snoozed|snooze|unsnoozed|snooze ended|muted|mute|unmuted|silenced|silence|suppressed|ignored|ignore|' +
      'archived|archive|unacknowledged|unacknowledge|un acknowledge|unack|paused|pause|maintenance|under maintenance|' +
      'in maintenance|in downtime|downtimestart|downtimeend|downtimecancelled|flappingstart|flappingstop|' +
      'flappingdisabled|downtime scheduled|scheduled|planned|ping|verification|verify|subscription confirmation|' +
      'unsubscribe confirmation|insufficient data|heartbeat|responder added|priority updated|merged|merge',
    status:
      'pending|queued|building|running|in progress|inprogress|processing|enqueued|enqueue|waiting|skipped|cancelled|' +
      'canceled|aborted|monitoring|unknown|ready|uploading|preparing|not started|draft|postponed|not applicable|retry',
    hint:
      'updated|update|modified|edited|changed|change|deleted|delete|deploy|deployed|deployment|test|testing|push|' +
      'pushed|published|finished|done|completed|custom|started build|log|audit',
  },
};

const PHRASES: ReadonlyMap<string, StatusWord> = new Map(
  Object.entries(WORDS).flatMap(([state, bySureness]) =>
    Object.entries(bySureness).flatMap(([sureness, phrases]) =>
      phrases
        .split('|')
        .filter((phrase) => phrase !== '')
        .map(
          (phrase) =>
            [phrase, { state: state as AlertState, sureness: sureness as Sureness }] satisfies [
              string,
              StatusWord,
            ],
        ),
    ),
  ),
);

/** Words that say of whatever stands beside them that it is no change of the alert's state: `incident note create`. */
const ASIDE = new Set(
  (
    'note comment commented assigned assign reassigned unassigned snoozed muted silenced annotated maintenance ' +
    'ownership responder unacknowledged unacknowledge escalated delegated flapping subscriber survey postmortem'
  ).split(' '),
);

/** Of several words in one name the later kind wins: `alert recovery`, `error resolved`, `reopened item`. */
const ORDER: readonly AlertState[] = ['firing', 'resolved', 'acknowledged'];

/** Longer than this is a sentence, not a word. */
const WORDS_MAX = 5;

/** A status word or short name as one of our states; null when it says none. */
export function stateOf(word: unknown): AlertState | null {
  return readStatus(word)?.state ?? null;
}

/** True of a single status word or phrase as it stands, such as one before a colon in a headline. */
export function isStatusWord(word: string): boolean {
  return PHRASES.has(word.trim().toLowerCase());
}

/** The same, with how sure it is. Reads `incident.resolved`, `ALERT_RECOVERY`, `DOWN -> UP` and `[Resolved]`. */
export function readStatus(word: unknown): StatusWord | null {
  if (typeof word !== 'string' || word.length > 100) return null;
  const plain = squeeze(after(word));
  const change = /^(.+) to (.+)$/.exec(plain);
  if (change && PHRASES.has(change[1] ?? '')) return readStatus(change[2]);
  const exact = PHRASES.get(plain) ?? PHRASES.get(plain.replaceAll(' ', ''));
  if (exact) return exact;
  const words = plain.split(' ');
  if (plain === '' || words.length > WORDS_MAX) return null;
  return ofName(words);
}

/** What a change leads to: the right side of `UP -> DOWN`, `ok => critical`, `from OK to ALARM`; `OK_TO_FIRING` is told above. */
function after(word: string): string {
  const fromTo = /^\s*from\b.*\bto\b(.*)$/i.exec(word);
  return fromTo?.[1] ?? word.split(/->|=>|→/).at(-1) ?? word;
}

function ofName(words: readonly string[]): StatusWord | null {
  if (words.some((it) => ASIDE.has(it))) return { state: 'other', sureness: 'sure' };
  // `not ok`, `is not up`
  const negated = words.indexOf('not');
  if (negated >= 0) {
    return PHRASES.get(words[negated + 1] ?? '')?.state === 'resolved'
      ? { state: 'firing', sureness: 'sure' }
      : null;
  }
  const found = words.flatMap((it) => (NOUNS.has(it) ? NOUN : (PHRASES.get(it) ?? [])));
  const pairs = words.slice(1).flatMap((it, index) => PHRASES.get(`${words[index]} ${it}`) ?? []);
  return strongest([...pairs, ...found]);
}

/** In a name these are what it is about, not how it stands: `alert failure`, `incident status`. */
const NOUNS = new Set([
  'alert',
  'alerts',
  'incident',
  'issue',
  'event',
  'problem',
  'alarm',
  'error',
  'violation',
]);
const NOUN: StatusWord = { state: 'firing', sureness: 'hint' };

const SURENESSES: readonly Sureness[] = ['sure', 'status', 'hint'];

function strongest(found: readonly StatusWord[]): StatusWord | null {
  for (const sureness of SURENESSES) {
    const group = found.filter((it) => it.sureness === sureness && it.state !== 'other');
    if (group.length > 0) {
      const state = ORDER.findLast((it) => group.some((word) => word.state === it)) ?? 'firing';
      return { state, sureness };
    }
  }
  return found[0] ?? null;
}
