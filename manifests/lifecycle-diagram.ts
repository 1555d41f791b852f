import { STATUSES } from '#src/incident/incident.ts';
import { ACTIONS, LIFECYCLE } from '#src/incident/lifecycle.ts';

/** The life of an incident as a diagram and a table, read from the table that the program itself obeys. */
export function lifecycleDiagram(): string {
  const arrows = ACTIONS.flatMap((action) =>
    LIFECYCLE[action].from.map((from) => `  ${from} --> ${LIFECYCLE[action].to}: ${action}`),
  );
  const rows = ACTIONS.map((action) => {
    const { from, to, event } = LIFECYCLE[action];
    return `| ${action} | ${from.join(', ')} | ${to} | \`${event}\` |`;
  });
  return [
    '# The life of an incident',
    '',
    'Generated from `src/incident/lifecycle.ts` by `npm run manifests`; do not edit it here.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    `  [*] --> ${STATUSES[0]}`,
    ...arrows,
    `  ${STATUSES.at(-1) ?? ''} --> [*]`,
    '```',
    '',
    '| action | from | to | leaves |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    'A command that names a goal takes the shortest way there, each step recorded: `resolve` on a new incident acknowledges,',
    'starts and resolves it. A call to the API takes exactly one step. `raise` moves an escalated incident to its next level.',
    '',
  ].join('\n');
}
