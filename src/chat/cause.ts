import type { CauseFacts, Evidence } from '#src/cause/evidence.ts';
import { evidenceOf } from '#src/cause/examine.ts';
import { rankCauses, type CauseConfidence, type RankedCause } from '#src/cause/rank.ts';
import type { Change } from '#src/changes/change.ts';
import type { Incident } from '#src/incident/incident.ts';
import { shortName } from '#src/incident/incident.ts';
import { cleanLine } from '#src/incident/text.ts';

import {
  bold,
  link,
  marked,
  moment,
  type Button,
  type Inline,
  type Message,
  type Part,
  type Text,
} from './message.ts';
import { titleOf } from './names.ts';

/** Small print under causes that no model had a part in. */
const RANKED_BY_RULES =
  'Ranked by rules from alerts, changes, the catalogue of services and past incidents; no model wrote any of it. It says where to look first, not what it was.';

/** The most that are told with their evidence; the others are named. */
const TOLD = 3;
const EVIDENCE_TOLD = 3;
const AGAINST_TOLD = 1;
const LINE = 180;

interface Shown {
  readonly incident: Pick<Incident, 'number' | 'title'>;
  readonly facts: CauseFacts;
  /** Without a slash at the end. */
  readonly publicUrl: string;
  /** What can be done with it, below it. */
  readonly buttons: readonly Button[];
}

/** What rules take for the cause, with what speaks for and against it. The same facts give the same message. */
export function causeMessage({ incident, facts, publicUrl, buttons }: Shown): Message {
  const ranked = rankCauses(facts);
  const drawing: Drawing = {
    evidence: new Map(evidenceOf(facts).map((it) => [it.id, it])),
    changes: new Map(facts.changes.map((it) => [it.id, it])),
    publicUrl,
  };
  const [first] = ranked;
  const parts = first ? causeParts(ranked, drawing) : unknownParts(facts);
  const below: Part[] = buttons.length === 0 ? [] : [{ type: 'buttons', buttons }];
  return {
    parts: [
      { type: 'heading', text: `Where ${titleOf(incident)} may come from` },
      ...parts,
      ...runbookParts(ranked, facts),
      { type: 'context', text: RANKED_BY_RULES },
      ...below,
    ],
    summary: first
      ? `${shortName(incident.number)}: ${CONFIDENCE[first.confidence]} ${nameOf(first, drawing)}`
      : `${shortName(incident.number)}: nothing that is known speaks for a cause`,
    tone: 'info',
  };
}

const CONFIDENCE: Readonly<Record<CauseConfidence, string>> = {
  likely: 'likely',
  possible: 'possibly',
  weak: 'perhaps',
};

interface Drawing {
  readonly evidence: ReadonlyMap<string, Evidence>;
  readonly changes: ReadonlyMap<string, Change>;
  readonly publicUrl: string;
}

function causeParts(ranked: readonly RankedCause[], drawing: Drawing): Part[] {
  const told = ranked.slice(0, TOLD).flatMap((cause, place): Part[] => [
    { type: 'text', text: headOf(cause, place, drawing) },
    { type: 'list', items: evidenceLines(cause, drawing) },
  ]);
  const others = ranked.slice(TOLD).map((it) => nameOf(it, drawing));
  return others.length === 0 ? told : [...told, { type: 'text', text: `Less likely: ${others.join(', ')}.` }];
}

function headOf(cause: RankedCause, place: number, drawing: Drawing): Text {
  const { entity, confidence } = cause;
  const why = cleanLine(cause.why, 2 * LINE);
  // Its name stands before it already.
  const lead = entity.kind === 'service' ? `${entity.name}: ` : '';
  const rest = lead !== '' && why.startsWith(lead) ? why.slice(lead.length) : why;
  return [bold(`${place + 1}. ${nameOf(cause, drawing)}`), ` (${CONFIDENCE[confidence]}): ${rest}`];
}

/** `cart, pod cart-7b5`; for a change what it is called. */
function nameOf({ entity }: RankedCause, { changes }: Drawing): string {
  if (entity.kind === 'service') return entity.name;
  if (entity.kind === 'pod') return `${entity.service ?? ''}, pod ${entity.name}`;
  return cleanLine(changes.get(entity.name)?.title ?? entity.name, LINE);
}

function evidenceLines(cause: RankedCause, drawing: Drawing): Text[] {
  const lines = (ids: readonly string[], most: number, lead: string) =>
    ids
      .slice(0, most)
      .map((id) => drawing.evidence.get(id))
      .filter((it) => it !== undefined)
      .map((it): Text => [lead, ...lineOf(it, drawing)]);
  return [...lines(cause.evidence, EVIDENCE_TOLD, ''), ...lines(cause.against, AGAINST_TOLD, 'Against it: ')];
}

function lineOf(it: Evidence, { changes, publicUrl }: Drawing): Inline[] {
  const text = cleanLine(it.text, LINE);
  const when: Inline[] = it.at ? [moment(it.at), ' '] : [];
  return [...when, linked(it, text, changes, publicUrl), ` (${it.why})`];
}

function linked(
  { id, kind }: Evidence,
  text: string,
  changes: Drawing['changes'],
  publicUrl: string,
): Inline {
  const what = id.slice(id.indexOf(':') + 1);
  if (kind === 'similar') return link(`INC-${what} ${text}`, `${publicUrl}/incidents/${what}`);
  const url = kind === 'change' ? (changes.get(what)?.url ?? null) : null;
  return url === null ? text : link(text, url);
}

/** What would have to be known. */
function unknownParts({ alerts, changes, services }: CauseFacts): Part[] {
  const missing = [
    alerts.some((it) => it.service !== null) ? null : 'No alert of it names a service.',
    changes.length > 0
      ? null
      : 'Nothing changed in the day before it, as far as we are told: `changes` says how deploys are told of.',
    services.length > 0
      ? null
      : 'The catalogue of services is empty, so nobody knows what depends on what: see `service`.',
  ].filter((it) => it !== null);
  const text: Part = { type: 'text', text: [bold('Unknown.'), ' Nothing that is known speaks for a cause.'] };
  return missing.length === 0 ? [text] : [text, { type: 'list', items: missing.map(marked) }];
}

function runbookParts(ranked: readonly RankedCause[], { services }: CauseFacts): Part[] {
  const ids = new Set(ranked.slice(0, TOLD).map(({ entity }) => entity.service));
  const links = services.flatMap(({ id, name, runbook }): Inline[] =>
    runbook !== null && ids.has(id) ? [' ', link(name, runbook)] : [],
  );
  return links.length === 0 ? [] : [{ type: 'text', text: ['Runbooks:', ...links] }];
}
