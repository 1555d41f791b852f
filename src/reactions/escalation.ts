import { escalate } from '#src/engine/escalation.ts';

import type { Deps } from './deps.ts';
import { PRIORITY, type Reaction } from './reaction.ts';

/** Whoever is to be told of an incident is told, level by level, until somebody has it. */
export const escalation: Reaction<Deps> = {
  name: 'escalation',
  whole: true,
  priority: PRIORITY.paging,
  on: [
    'incident.declared',
    'incident.acknowledged',
    'incident.started',
    'incident.page_answered',
    'incident.escalated',
    'incident.level_raised',
    'incident.deescalated',
    'incident.resolved',
    'incident.closed',
    'incident.reopened',
    'incident.severity_changed',
    'incident.sla_breached',
    'incident.assigned',
    'incident.noted',
    'incident.update_posted',
    'incident.role_set',
    'incident.edited',
  ],
  timers: ['escalation', 'manager-page'],
  async run({ incident }, { system }) {
    await escalate(system, incident);
  },
};
