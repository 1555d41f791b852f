import { createHash } from 'node:crypto';

import { Document, isMap, isScalar, isSeq, visit } from 'yaml';

import { writeHeartbeat } from './sections/heartbeats.ts';
import { writePerson } from './sections/people.ts';
import { writePolicy } from './sections/policies.ts';
import { writeRoute } from './sections/routes.ts';
import { writeRules } from './sections/rules.ts';
import { writeSchedule } from './sections/schedules.ts';
import { writeService } from './sections/services.ts';
import { writeSyntheticPage } from './sections/synthetic-page.ts';
import { writeTeam } from './sections/teams.ts';
import { lean, type Fields, type Pare, type SetupState } from './state.ts';

/** All sections, as the file says them. */
export function sectionsOf(state: SetupState, pare: Pare): Readonly<Record<string, Fields>> {
  const rules = [...state.rules].flatMap(([id, own]): [string, Fields][] => {
    const person = state.people.find((it) => it.id === id);
    const said = person && writeRules(own, person, lean);
    const written = said && Object.keys(said).length > 0 ? writeRules(own, person, pare) : null;
    return written ? [[id, written]] : [];
  });
  return {
    people: Object.fromEntries(state.people.map((it) => [it.id, writePerson(it, pare)])),
    teams: Object.fromEntries(state.teams.map((it) => [it.id, writeTeam(it, pare)])),
    schedules: Object.fromEntries(state.schedules.map((it) => [it.id, writeSchedule(it, pare)])),
    policies: Object.fromEntries(state.policies.map((it) => [it.id, writePolicy(it, pare)])),
    routes: Object.fromEntries(state.routes.map((it) => [it.id, writeRoute(it, pare)])),
    rules: Object.fromEntries(rules.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    heartbeats: Object.fromEntries(state.heartbeats.map((it) => [it.id, writeHeartbeat(it, pare)])),
    services: Object.fromEntries(state.services.map((it) => [it.id, writeService(it, pare)])),
  };
}

/** The whole setup as the one YAML document that reads as what it is. */
export function exportFile(state: SetupState): string {
  const { rules, heartbeats, services, ...sections } = sectionsOf(state, lean);
  const document = new Document({
    version: 1,
    ...sections,
    default_policy: state.defaultPolicy,
    rules,
    heartbeats,
    services,
    synthetic_page: state.syntheticPage && writeSyntheticPage(state.syntheticPage, lean),
  });
  document.commentBefore = COMMENT;
  visit(document, {
    Map: (_, map) => void (map.flow = map.items.length === 0),
    Seq: (_, seq) => void (seq.flow = seq.items.every(isShort) && String(seq).length < 90),
    Pair: (_, pair) => {
      if (isScalar(pair.key) && isMap(pair.value) && SECTIONS.has(String(pair.key.value))) {
        pair.key.spaceBefore = true;
      }
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** The same for the same setup, and another one as soon as anything in it is other, addresses that are not exported included. */
export function digestOf(state: SetupState): string {
  const shared = state.people.filter((it) => it.isShared).map((it) => it.id);
  const { defaultPolicy, syntheticPage } = state;
  const said = JSON.stringify([sectionsOf(openly(state), lean), defaultPolicy, shared, syntheticPage]);
  return createHash('sha256').update(said).digest('hex').slice(0, 32);
}

/** With the addresses of everybody: to compare, never to show. */
export function openly(state: SetupState): SetupState {
  return { ...state, people: state.people.map((it) => ({ ...it, isShared: true })) };
}

const SECTIONS = new Set([
  'people',
  'teams',
  'schedules',
  'policies',
  'routes',
  'rules',
  'heartbeats',
  'services',
]);

const COMMENT = ` Who is on call, and who is told of what. "incident config plan <file>" shows what a change of this file
 would do, "incident config apply <file>" does it. A section that is left out stays as it is.
 Not in here: overrides, which people make day by day; whether an address is verified; and the
 addresses of people whose addresses were never put into a file. All of that stays as it is, too.`;

function isShort(item: unknown): boolean {
  return isScalar(item) || (isSeq(item) && item.items.every(isScalar));
}
