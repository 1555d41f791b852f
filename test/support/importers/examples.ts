import type { ExportFile } from '#src/importers/answers.ts';

/** Files of an export out of what they hold, each as JSON. */
export function filesOf(answers: Readonly<Record<string, unknown>>): ExportFile[] {
  return Object.entries(answers).map(([name, body]) => ({
    name,
    text: typeof body === 'string' ? body : JSON.stringify(body),
  }));
}

/** People, contacts, rules, teams and a policy, and a schedule of Ana and Bo week by week. */
export const PAGERDUTY = {
  'users.json': {
    users: [
      {
        id: 'PA',
        name: 'Ana',
        email: 'ana@example.com',
        time_zone: 'Europe/Berlin',
        contact_methods: [
          { id: 'C1', type: 'email_contact_method', address: 'ana@example.com' },
          { id: 'C2', type: 'sms_contact_method', address: '170 5550100', country_code: 49 },
          { id: 'C3', type: 'push_notification_contact_method', address: 'x' },
        ],
        notification_rules: [
          {
            id: 'N1',
            type: 'assignment_notification_rule',
            start_delay_in_minutes: 5,
            urgency: 'high',
            contact_method: { id: 'C2', type: 'sms_contact_method_reference' },
          },
          {
            id: 'N2',
            type: 'assignment_notification_rule',
            start_delay_in_minutes: 0,
            urgency: 'high',
            contact_method: { id: 'C1', type: 'email_contact_method_reference' },
          },
        ],
        teams: [{ id: 'PT', type: 'team_reference' }],
      },
      { id: 'PB', name: 'Bo', email: 'bo@example.com', time_zone: 'UTC' },
    ],
    more: false,
  },
  'teams.json': { teams: [{ id: 'PT', name: 'Payments EU' }] },
  'escalation_policies.json': {
    escalation_policies: [
      {
        id: 'PE',
        name: 'Payments',
        num_loops: 2,
        escalation_rules: [
          {
            id: 'R1',
            escalation_delay_in_minutes: 5,
            targets: [{ id: 'PS', type: 'schedule_reference' }],
          },
          {
            id: 'R2',
            escalation_delay_in_minutes: 30,
            targets: [
              { id: 'PA', type: 'user_reference' },
              { id: 'PZ', type: 'schedule_reference', summary: 'Gone' },
            ],
            escalation_rule_assignment_strategy: { type: 'round_robin' },
          },
        ],
      },
    ],
  },
  'schedules/PS.json': {
    schedule: {
      id: 'PS',
      name: 'Payments on call',
      time_zone: 'Europe/Berlin',
      schedule_layers: [
        {
          id: 'L1',
          name: 'Layer 1',
          start: '2025-01-06T09:00:00+01:00',
          end: null,
          rotation_virtual_start: '2025-01-06T09:00:00+01:00',
          rotation_turn_length_seconds: 604_800,
          users: [{ user: { id: 'PA' } }, { user: { id: 'PB' } }],
          restrictions: [],
        },
      ],
    },
  },
} as const;

const user = (id: string) => ({ type: 'user', id, username: `${id}@example.com` });

export const OPSGENIE = {
  'v2/users.json': {
    data: [
      { id: 'ana', username: 'ana@example.com', fullName: 'Ana', timeZone: 'Europe/Berlin' },
      { id: 'bo', username: 'bo@example.com', fullName: 'Bo', timeZone: 'Nowhere/Near' },
    ],
  },
  'v2/users/ana/notification-rules.json': {
    data: [
      {
        actionType: 'create-alert',
        enabled: true,
        steps: [
          {
            enabled: true,
            sendAfter: { timeAmount: 3, timeUnit: 'minutes' },
            contact: { method: 'voice', to: '49-1705550100' },
          },
          { enabled: true, sendAfter: { timeAmount: 0 }, contact: { method: 'mobile', to: 'phone' } },
          {
            enabled: true,
            sendAfter: { timeAmount: 1 },
            contact: { method: 'email', to: 'ana@example.com' },
          },
        ],
      },
      { actionType: 'close-alert', enabled: true, steps: [] },
    ],
  },
  'v2/teams.json': { data: [{ id: 't1', name: 'Payments', members: [{ user: { id: 'bo' } }] }] },
  'v2/escalations.json': {
    data: [
      {
        id: 'e1',
        name: 'Payments escalation',
        rules: [
          {
            condition: 'if-not-acked',
            notifyType: 'default',
            delay: { timeAmount: 0 },
            recipient: { type: 'schedule', id: 's1' },
          },
          {
            condition: 'if-not-acked',
            notifyType: 'default',
            delay: { timeAmount: 0 },
            recipient: user('ana'),
          },
          {
            condition: 'if-not-acked',
            notifyType: 'all',
            delay: { timeAmount: 10 },
            recipient: { type: 'team', name: 'Payments' },
          },
        ],
        repeat: { waitInterval: 15, count: 3 },
      },
    ],
  },
  'v2/schedules.json': {
    data: [
      {
        id: 's1',
        name: 'Payments',
        timezone: 'Europe/Berlin',
        enabled: true,
        ownerTeam: { id: 't1', name: 'Payments' },
        rotations: [
          {
            id: 'r1',
            name: 'Weekly',
            startDate: '2026-01-05T08:00:00Z',
            type: 'weekly',
            length: 1,
            participants: [user('ana'), { type: 'none' }, { type: 'team', id: 't1', name: 'Payments' }],
          },
        ],
      },
    ],
  },
} as const;

export const GRAFANA = {
  'users.json': {
    count: 2,
    results: [
      { id: 'UA', username: 'ana', email: 'ana@example.com' },
      { id: 'UB', username: 'bo', email: 'bo@example.com' },
    ],
  },
  'personal_notification_rules.json': {
    results: [
      { id: 'N1', user_id: 'UB', position: 0, important: true, type: 'wait', duration: 300 },
      { id: 'N2', user_id: 'UB', position: 1, important: true, type: 'notify_by_email' },
      { id: 'N3', user_id: 'UA', position: 0, important: true, type: 'notify_by_sms' },
    ],
  },
  'escalation_chains.json': { results: [{ id: 'F1', name: 'Payments' }] },
  'escalation_policies.json': {
    results: [
      {
        id: 'E3',
        escalation_chain_id: 'F1',
        position: 2,
        type: 'notify_persons',
        persons_to_notify: ['UA', 'UB'],
      },
      {
        id: 'E1',
        escalation_chain_id: 'F1',
        position: 0,
        type: 'notify_on_call_from_schedule',
        notify_on_call_from_schedule: 'S1',
      },
      { id: 'E2', escalation_chain_id: 'F1', position: 1, type: 'wait', duration: 900 },
      { id: 'E4', escalation_chain_id: 'F1', position: 3, type: 'resolve' },
      { id: 'E5', escalation_chain_id: 'F1', position: 4, type: 'repeat_escalation' },
    ],
  },
  'schedules.json': {
    results: [
      { id: 'S1', name: 'From a calendar', type: 'ical', ical_url_primary: 'https://example.com/a.ics' },
    ],
  },
  'schedules/S1/primary.ics': [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'BEGIN:VEVENT',
    'UID:1',
    'SUMMARY:[L1] ana',
    'DTSTART:20260105T090000Z',
    'DTEND:20260105T210000Z',
    'RRULE:FREQ=DAILY',
    'END:VEVENT',
    'BEGIN:VEVENT',
    'UID:2',
    'SUMMARY:bo@example.com',
    'DTSTART:20260105T000000Z',
    'DTEND:20260106T000000Z',
    'RRULE:FREQ=DAILY',
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\r\n'),
} as const;
