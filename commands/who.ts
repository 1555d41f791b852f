import { arg } from '#src/chat/args.ts';
import { defineCommand, tellYou } from '#src/chat/command.ts';
import { allNames, incidentAt, teamOf } from '#src/chat/look.ts';
import { say, type Text } from '#src/chat/message.ts';
import { list, nameIn } from '#src/chat/names.ts';
import { shortName, STATUSES } from '#src/incident/incident.ts';

export const who = defineCommand({
  name: 'who',
  summary: 'See who is on an incident',
  group: 'Look deeper',
  examples: ['who', 'who INC-42'],
  allow: 'viewer',
  args: { incident: arg.incident(undefined, { among: STATUSES }) },

  async run(ctx, { incident: number }) {
    const { assignee, team: teamId, roles, escalationLevel } = await incidentAt(ctx, number);
    const names = await allNames(ctx);
    const team = await teamOf(ctx, teamId);
    const members = team ? list(team.members.map((it) => nameIn(names, it))) : '';
    const fields: { label: string; value: Text }[] = [
      { label: 'Assigned to', value: assignee ? nameIn(names, assignee) : 'Nobody yet' },
      ...(team ? [{ label: `Team ${team.name}`, value: members || 'Nobody is in it' }] : []),
      ...Object.entries(roles).map(([role, person]) => ({ label: role, value: nameIn(names, person) })),
      { label: 'Escalation level', value: String(escalationLevel) },
    ];
    return tellYou(say(`Who is on ${shortName(number)}`, { type: 'fields', fields }));
  },
});
