import type { z } from 'zod';

import { GRACE_MS, type Heartbeat } from '#src/incident/heartbeat.ts';
import { ENVIRONMENTS, SEVERITIES } from '#src/incident/incident.ts';
import type { TeamId } from '#src/incident/person.ts';

import { fields, length, text, word, yesNo } from '../fields.ts';
import { nameOf, type Fields, type Pare } from '../state.ts';
import { sayLength } from '../words.ts';

const DEFAULTS = {
  grace: sayLength(GRACE_MS.usual),
  severity: 'P1',
  team: null,
  service: null,
  environment: 'production',
  paused: false,
};

export const HeartbeatEntry = fields({
  name: text(200).optional(),
  every: length(),
  grace: length().default(GRACE_MS.usual),
  severity: word(SEVERITIES).default('P1'),
  team: text().nullable().default(null),
  service: text(200).nullable().default(null),
  environment: word(ENVIRONMENTS).default('production'),
  paused: yesNo().default(false),
});

export function readHeartbeat(
  id: string,
  { name = nameOf(id), every, grace, team, ...rest }: z.output<typeof HeartbeatEntry>,
): Heartbeat {
  return { ...rest, id, name, everyMs: every, graceMs: grace, team: team as TeamId | null };
}

export function writeHeartbeat(it: Heartbeat, pare: Pare): Fields {
  const { id, name, everyMs, graceMs, severity, team, service, environment, paused } = it;
  const full = {
    name,
    every: sayLength(everyMs),
    grace: sayLength(graceMs),
    severity,
    team,
    service,
    environment,
    paused,
  };
  return pare(full, { ...DEFAULTS, name: nameOf(id) });
}
