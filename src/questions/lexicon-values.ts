import { SEVERITIES, STATUSES } from '#src/incident/incident.ts';

import { all, filter, type Entry } from './phrases.ts';
import type { Sense } from './senses.ts';

/** Severities, states, categories, environments and kinds of change. */
export function values(): Entry[] {
  return [...severities(), ...statuses(), ...others()];
}

function severities(): Entry[] {
  const codes = SEVERITIES.flatMap((it, index): Entry[] => {
    const sev = `${index + 1}`;
    const of: Sense = filter('severity', 'is', [it]);
    return all(
      of,
      [
        `p${index}`,
        `p${index}s`,
        `sev${sev}`,
        `sev${sev}s`,
        `sev ${sev}`,
        `severity ${sev}`,
        `severity p${index}`,
      ].join('|'),
    );
  });
  const words = { P0: 'critical', P1: 'high', P2: 'medium', P3: 'low', P4: 'informational' } as const;
  const named = SEVERITIES.flatMap((it) => {
    const word = words[it];
    const alone = it === 'P0' || it === 'P4' ? `${word}|` : '';
    return all(
      filter('severity', 'is', [it]),
      `${alone}${word} severity|severity ${word}|${word} priority|priority ${word}`,
    );
  });
  return [...codes, ...named];
}

function statuses(): Entry[] {
  return STATUSES.flatMap((it) => {
    const word = it.toLowerCase().replace('_', ' ');
    const alone = it === 'IN_PROGRESS' ? `${word}|being worked on|` : '';
    return all(
      filter('status', 'is', [it]),
      `${alone}status ${word}|in status ${word}|state ${word}|in state ${word}|in the state ${word}|with status ${word}`,
    );
  });
}

function others(): Entry[] {
  return [
    ...all(
      filter('category', 'is', ['availability']),
      'availability|category availability|availability category|in the category availability|in category availability|outage|outages',
    ),
    ...(['performance', 'security', 'compliance', 'cost'] as const).flatMap((it) =>
      all(
        filter('category', 'is', [it]),
        `${it}|${it} category|category ${it}|in the category ${it}|in category ${it}|${it} related`,
      ),
    ),
    ...all(filter('category', 'is', ['other']), 'category other'),
    ...all(filter('environment', 'is', ['production']), 'production|prod'),
    ...all(filter('environment', 'is', ['staging']), 'staging|stage'),
    ...all(filter('environment', 'is', ['development']), 'development|dev'),
    ...all(filter('environment', 'is', ['qa']), 'qa'),
    ...all(filter('kind', 'is', ['deploy']), 'deploy|deploys|deployment|deployments|deployed|releases'),
    ...all(filter('kind', 'is', ['config']), 'config|configuration'),
    ...all(filter('kind', 'is', ['flag']), 'feature flag|feature flags|flag|flags'),
  ];
}
