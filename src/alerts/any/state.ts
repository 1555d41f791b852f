/** What an unknown payload says of the alert's state, by the meaning of its fields' names. */
import type { AlertState } from '../alert.ts';
import { instantOf } from '../normalise.ts';
import { readStatus, type Sureness } from '../status.ts';
import type { Found, View } from './view.ts';

/** Fields that say what happened: an action, a transition, a kind of message. */
const ACTIONS = new Set(
  (
    'action eventaction alertaction incidentaction alerttransition transition notificationtype notifytype alerttype ' +
    'messagetype event eventtype eventname alertevent type kind trigger triggertype reason topic detailtype ' +
    'buildresultdelta actiongroup actiongroupname webhookevent payloadtype subjecttype notification monitoralerttype triggered'
  ).split(' '),
);

/** Fields that say how things now stand. */
const STATES = new Set(
  (
    'state status currentstate currentstatus newstate newstatus newstatevalue statevalue alertstate alertstatus ' +
    'incidentstate incidentstatus eventstate eventstatus monitorstate monitorstatus monitorcondition checkstate ' +
    'checkstatus servicestate servicestatus hoststate hoststatus problemstate problemstatus issuestate issuestatus ' +
    'statename statusname statusext statusextended statetext statustext alerttypefriendlyname monitoredstatus ' +
    'triggerstatus triggervalue result buildresult buildstatus outcome conclusion health healthstatus testresult ' +
    'tostate tostatus currentalertstate level alertlevel condition laststate rulestate lifecycle phase ' +
    'issuestatusname verdict statusmessage statusdescription statusindicator indicator alarmstate nagiosstate'
  ).split(' '),
);

/** Other fields whose name ends as those do; `run_status`, `probeResult`. */
const LIKE_A_STATE = /(?:status|state|condition|result|outcome|health)$/;
const NOT_NOW = /^(?:old|prev|previous|last|prior|from|http|page|publish)/;

/** Yes-or-no fields and what a yes says. */
const FLAGS: ReadonlyMap<string, { readonly yes: AlertState; readonly no: AlertState | null }> = new Map([
  ...each(
    'resolved isresolved recovered isrecovered cleared iscleared closed isclosed fixed isfixed',
    'resolved',
    null,
  ),
  ...each('up isup ok isok success passed healthy ishealthy available online isonline', 'resolved', 'firing'),
  ...each(
    'down isdown failed isfailed failing firing isfiring triggered alerting isalerting inalarm',
    'firing',
    'resolved',
  ),
  ...each('open isopen', 'firing', 'resolved'),
  ...each('acknowledged isacknowledged', 'acknowledged', null),
]);

/** Times at which it ended; a time there says that it did. */
const ENDS = new Set(
  'resolvedat resolvedtime recoveredat closedat clearedat endedat endsat endtime closetime recoverytime'.split(
    ' ',
  ),
);

const SEVERITIES = new Set('severity alertseverity eventseverity criticality color colour'.split(' '));

/** The fields in which senders write their headline. */
const HEADLINES = new Set(
  (
    'title subject summary headline message msg text alerttitle eventtitle messagetitle messagetext name body ' +
    'description shortdescription alertname fallback content logentry'
  ).split(' '),
);

/** A build that starts is no trouble, other than an outage that starts. */
const BEGINS = /^(?:started|start|begin|began|created|new)$/i;
const WORK =
  /^(?:build|job|workflow|pipeline|run|deploy|deployment|execution|release|task|stage)(?:s|data|info|status|state)?$/;

/** What is watched may be switched on or off; that is no state of the alert. */
const WATCHED = new Set(['monitor', 'site', 'components']);

interface Evidence {
  readonly state: AlertState;
  readonly weight: number;
}

const SURE: Readonly<Record<Sureness, number>> = { sure: 1, status: 0.98, hint: 0.4 };
/** The same words in a field that says what happened: `error` there is a kind of message. */
const SURE_OF_ACTION: Readonly<Record<Sureness, number>> = { sure: 1, status: 0.5, hint: 0.35 };
const PER_LEVEL = 0.93;

/**
 * Weighs what the fields say, the nearest to the top first: what happened,
 * then how things stand, then flags, headline, end times and severity. Null
 * when nothing speaks.
 */
export function stateIn({ found, listed }: View): AlertState | null {
  const all = found.flatMap(evidence);
  if (all.length === 0) return stateInLists(listed);
  // Of two as strong, the one that says it is no alert: `triggered` of a maintenance.
  const strongest = all.reduce((a, b) =>
    b.weight > a.weight || (b.weight === a.weight && b.state === 'other') ? b : a,
  );
  // A note or an update on something that is over: it is over.
  const over = all.some((it) => it.state === 'resolved' && it.weight >= 60);
  const aside = strongest.state === 'other' || (strongest.weight < 45 && over);
  return aside && over ? 'resolved' : strongest.state;
}

function evidence(field: Found): Evidence[] {
  const { key, above, value } = field;
  if (key === 'status' && above.some((it) => WATCHED.has(it))) return [];
  const depth = PER_LEVEL ** above.length;
  if (typeof value === 'boolean') return flag(key, value, depth);
  if (ENDS.has(key)) return instantOf(value) === null ? [] : [{ state: 'resolved', weight: 35 * depth }];
  if (typeof value !== 'string') return [];
  const isWork = BEGINS.test(value) && [...above, key].some((it) => WORK.test(it));
  if (isWork) return [{ state: 'other', weight: 85 * depth }];
  if (ACTIONS.has(key)) return word(value, 100 * depth, SURE_OF_ACTION);
  if (STATES.has(key)) return word(value, 85 * depth, SURE);
  if (LIKE_A_STATE.test(key) && !NOT_NOW.test(key)) return word(value, 70 * depth, SURE);
  if (HEADLINES.has(key)) return headline(value, 40 * depth);
  return SEVERITIES.has(key) && readStatus(value)?.state === 'resolved'
    ? [{ state: 'resolved', weight: 30 * depth }]
    : [];
}

function word(value: string, weight: number, sure: Readonly<Record<Sureness, number>>): Evidence[] {
  const said = readStatus(value);
  return said === null ? [] : [{ state: said.state, weight: weight * sure[said.sureness] }];
}

function flag(key: string, value: boolean, depth: number): Evidence[] {
  const says = FLAGS.get(key);
  const state = value ? says?.yes : says?.no;
  return state ? [{ state, weight: 50 * depth }] : [];
}

/** Stages, jobs, conditions, series: one that fails is enough; all must be well for well. */
function stateInLists(listed: readonly Found[]): AlertState | null {
  const states = listed
    .filter(({ key }) => STATES.has(key) || ACTIONS.has(key))
    .flatMap(({ value }) => readStatus(value) ?? [])
    .filter(({ sureness }) => sureness !== 'hint')
    .map(({ state }) => state);
  if (states.includes('firing')) return 'firing';
  return states.length > 0 && states.every((state) => state === 'resolved') ? 'resolved' : null;
}

const IN_FRONT =
  /^\W{0,4}(?:alert\W{1,3}|\p{Extended_Pictographic}\uFE0F?\W{0,2})?(resolved|recovered|recovery|ok|closed|cleared|up|back up|fixed|firing|triggered|re-triggered|alerting|problem|down|no data)\b(?=\W|$)/iu;
const OVER =
  /\b(?:has (?:been )?(?:recovered|resolved|cleared|closed)|is (?:now |back )?(?:up|ok|healthy|operational|online|resolved)|(?:back|returned?) to normal|recovered from|(?:came|is|are|went) back (?:up|online)|no longer (?:firing|failing|down)|is (?:now )?reachable)\b/i;
const ON =
  /\b(?:is (?:now |currently )?(?:down|unreachable|offline|failing|unavailable|not responding|critical)|went down|has failed|was triggered|has been triggered)\b/i;
const GOOD_SIGN = /^\W{0,2}(?:✅|🟢|✔|💚)|\[(?:✅|🟢)/u;
const BAD_SIGN = /^\W{0,2}(?:🔴|❌|🚨|🔥|🛑)|\[(?:🔴|❌)/u;

/** Words or signs in front of a headline, or a sentence that says it is over. */
function headline(value: string, weight: number): Evidence[] {
  const start = value.slice(0, 300);
  const tag = readStatus(IN_FRONT.exec(start)?.[1]);
  if (tag) return [{ state: tag.state, weight }];
  if (OVER.test(start) || GOOD_SIGN.test(start)) return [{ state: 'resolved', weight: weight * 0.9 }];
  return ON.test(start) || BAD_SIGN.test(start) ? [{ state: 'firing', weight: weight * 0.9 }] : [];
}

function each(
  names: string,
  yes: AlertState,
  no: AlertState | null,
): [string, { yes: AlertState; no: AlertState | null }][] {
  return names.split(' ').map((name) => [name, { yes, no }]);
}
