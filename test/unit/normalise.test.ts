import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseBody } from '#src/alerts/body.ts';
import { labelsFrom, labelsInText } from '#src/alerts/labels.ts';
import { SCALES, categoryOf, environmentOf, instantOf, severityOf } from '#src/alerts/normalise.ts';
import { stateOf } from '#src/alerts/status.ts';
import { SEVERITIES } from '#src/incident/incident.ts';

describe('severity words', () => {
  it.each`
    severity | words
    ${'P0'}  | ${['P0', 'critical', 'CRITICAL', 'crit', 'fatal', 'emergency', 'Disaster', 'blocker', 'sev1', 'SEV-1', 'sev 1', 'Severity 1', 'sev0']}
    ${'P1'}  | ${['p1', 'high', 'error', 'err', 'major', 'page', 'urgent', 'sev2', 'Sev-2', 'S2']}
    ${'P2'}  | ${['P2', 'medium', 'moderate', 'warning', 'WARN', 'Average', 'sev3']}
    ${'P3'}  | ${['P3', 'low', 'minor', 'notice', 'sev4']}
    ${'P4'}  | ${['P4', 'info', 'Informational', 'information', 'debug', 'ok', 'none', 'cleared', 'sev5']}
  `('$severity: $words', ({ severity, words }: { severity: string; words: string[] }) => {
    expect(words.map((word) => severityOf(word))).toEqual(words.map(() => severity));
  });

  it.each([
    ['ALERT_CRITICALITY_LEVEL_WARNING', 'P2'],
    ['1 - Critical', 'P0'],
    ['High (P2)', 'P1'],
    ['  Critical\n', 'P0'],
  ])('reads the word inside %s', (word, severity) => {
    expect(severityOf(word)).toBe(severity);
  });

  it.each([
    '',
    'purple',
    '3',
    3,
    null,
    undefined,
    {},
    ['high'],
    'non-critical',
    'not high',
    'constructor',
    '__proto__',
  ])('does not guess from %j', (word) => {
    expect(severityOf(word)).toBeNull();
  });

  it.each([
    ['zabbix', 5, 'P0'],
    ['zabbix', 'Average', 'P2'],
    ['zabbix', 'warning', 'P3'],
    ['azure', 'Sev0', 'P0'],
    ['azure', 'Sev4', 'P4'],
    ['priorityOfFive', 'P1', 'P0'],
    ['priorityOfFive', 'P5', 'P4'],
    ['servicenow', '3', 'P2'],
    ['syslog', 4, 'P2'],
    ['graylog', 3, 'P1'],
    ['logging', 40, 'P1'],
    ['level', 1, 'P0'],
  ] as const)('on the scale of %s %s is %s', (scale, word, severity) => {
    expect(severityOf(word, SCALES[scale])).toBe(severity);
  });

  it('are one of the five or nothing, for any word', () => {
    fc.assert(
      fc.property(fc.anything(), (word) => {
        expect([...SEVERITIES, null]).toContain(severityOf(word));
      }),
    );
  });
});

describe('status words', () => {
  it.each`
    state             | words
    ${'firing'}       | ${['firing', 'FIRING', 'triggered', 'incident.triggered', 'ALARM', 'open', 'Reopened', 'PROBLEM', 'DOWN', 'critical', 'failed', 'No Data', 'check_in_missing', 'UP -> DOWN', 'OK_TO_FIRING', 'not ok', 'unresolved']}
    ${'resolved'}     | ${['resolved', 'incident.resolved', 'ALERT_RECOVERY', 'Closed', 'OK', 'up', 'success', 'DOWN => UP', 'from ALARM to OK', 'resolved_item', 'auto-resolved', 'Manually resolved', 'issue_resolved']}
    ${'acknowledged'} | ${['acknowledged', 'ACK', 'incident.acknowledge', 'ACKNOWLEDGEMENT', 'Acknowledged']}
    ${'other'}        | ${['commented', 'incident.annotated', 'AddNote', 'unacknowledged', 'under_maintenance', 'pending', 'paused', 'snoozed', 'ping', 'INCIDENT_NOTE_CREATE', 'building', 'escalated']}
  `('$state: $words', ({ state, words }: { state: string; words: string[] }) => {
    expect(words.map((word) => [word, stateOf(word)])).toEqual(words.map((word) => [word, state]));
  });

  it.each(['', 'purple', 'the disk of db-1 is down again since nine', '→', 7, null, 'constructor'])(
    'says nothing for %j',
    (word) => {
      expect(stateOf(word)).toBeNull();
    },
  );
});

describe('categories and environments', () => {
  it.each([
    ['performance', 'performance'],
    ['Availability', 'availability'],
    ['cost_anomaly', 'cost'],
    ['security-threat', 'security'],
    ['audit', 'compliance'],
    ['other', 'other'],
    ['purple', null],
    [7, null],
  ])('category %j is %j', (word, category) => {
    expect(categoryOf(word)).toBe(category);
  });

  it.each([
    ['production', 'production'],
    ['PROD', 'production'],
    ['prod-eu-1', 'production'],
    ['live', 'production'],
    ['stg', 'staging'],
    ['pre-prod', 'staging'],
    ['non-prod', 'staging'],
    ['dev2', 'development'],
    ['testing', 'qa'],
    ['qa', 'qa'],
    ['purple', null],
    [null, null],
  ])('environment %j is %j', (word, environment) => {
    expect(environmentOf(word)).toBe(environment);
  });
});

describe('times', () => {
  it.each([
    ['2026-03-01T08:14:32Z', '2026-03-01T08:14:32.000Z'],
    ['2026-03-01T08:14:32.326990857Z', '2026-03-01T08:14:32.326Z'],
    ['2026-03-01T09:14:32.5+01:00', '2026-03-01T08:14:32.500Z'],
    ['2026-03-01T03:14:32-0500', '2026-03-01T08:14:32.000Z'],
    ['2026-03-01 08:14:32', '2026-03-01T08:14:32.000Z'],
    ['2026-03-01 08:14:32.1 +0000 UTC', '2026-03-01T08:14:32.100Z'],
    ['2026-03-01 08:14:32 (UTC)', '2026-03-01T08:14:32.000Z'],
    ['Sun, 01 Mar 2026 08:14:32 GMT', '2026-03-01T08:14:32.000Z'],
    [1_772_352_872, '2026-03-01T08:14:32.000Z'],
    [1_772_352_872_123, '2026-03-01T08:14:32.123Z'],
    ['1772352872123', '2026-03-01T08:14:32.123Z'],
    [1_772_352_872_123_456, '2026-03-01T08:14:32.123Z'],
    [1_772_352_872.5, '2026-03-01T08:14:32.500Z'],
  ])('%j', (value, instant) => {
    expect(instantOf(value)?.toISOString()).toBe(instant);
  });

  it.each([
    '0001-01-01T00:00:00Z',
    '',
    'None',
    'yesterday',
    '2026-02-30T00:00:00Z',
    '2026-13-01',
    '2026-03-01T25:00:00Z',
    0,
    -5,
    NaN,
    Infinity,
    7,
    null,
    {},
    '9999-12-31T00:00:00Z',
  ])('%j is no time', (value) => {
    expect(instantOf(value)).toBeNull();
  });

  it('read back what they print, to the millisecond and whatever the zone', () => {
    const zones = fc.constantFrom('Z', '+00:00', '+05:30', '-08:00');
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2000-01-02'), max: new Date('2099-12-30'), noInvalidDate: true }),
        zones,
        (date, zone) => {
          const [sign, hours, minutes] =
            zone === 'Z'
              ? [1, 0, 0]
              : [zone[0] === '-' ? -1 : 1, Number(zone.slice(1, 3)), Number(zone.slice(4))];
          const local = new Date(date.getTime() + sign * (hours * 60 + minutes) * 60_000);
          expect(instantOf(local.toISOString().replace('Z', `456789${zone}`))).toEqual(date);
          expect(instantOf(date.getTime())).toEqual(date);
        },
      ),
    );
  });

  it('are a date that a database takes, or null, for any value', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const year = instantOf(value)?.getUTCFullYear() ?? 2026;
        expect(year >= 2000 && year < 2100).toBe(true);
      }),
    );
  });
});

describe('the body of a webhook', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['\uFEFF {"a":1}\n', { a: 1 }],
    ['a=1&b=two+words%21', { a: '1', b: 'two words!' }],
    ['payload=%7B%22a%22%3A1%7D', { a: 1 }],
    ['RESOLVED: x = y & z', 'RESOLVED: x = y & z'],
    ['[FIRING:1] DiskFull', '[FIRING:1] DiskFull'],
    ['[]', []],
    ['__proto__=x', JSON.parse('{"__proto__":"x"}')],
  ])('%j', (body, data) => {
    expect(parseBody(body)).toEqual(data);
  });

  it.each(['{"alert": {', '[1,', '', '  ', 'payload=%7Bnot'])('%j is refused', (body) => {
    expect(() => parseBody(body)).toThrow(expect.objectContaining({ code: 'bad_payload' }));
  });
});

describe('label sets', () => {
  it.each([
    [
      { a: 'x', b: 2, c: null, d: { e: 1 } },
      { a: 'x', b: '2' },
    ],
    ['env:prod, host:web-7,monitor', { env: 'prod', host: 'web-7', monitor: 'true' }],
    [['env:prod', 'urgent'], { env: 'prod', urgent: 'true' }],
    [[['a', 'x'], ['b']], { a: 'x' }],
    [
      [
        { key: 'a', value: { stringValue: 'x' } },
        { name: 'b', value: 'y' },
      ],
      { a: 'x', b: 'y' },
    ],
    [7, {}],
  ])('%j', (value, labels) => {
    expect(labelsFrom(value)).toEqual(labels);
  });

  it('are found where a notification writes them out', () => {
    const text = 'Firing\n\nLabels:\n - alertname = DiskFull\n - host = db-1\nAnnotations:\n - summary = x';
    expect(labelsInText(text)).toEqual({ alertname: 'DiskFull', host: 'db-1' });
    expect(labelsInText('no labels here')).toEqual({});
  });

  it('take no longer to look for in a megabyte of blank lines', () => {
    expect(labelsInText('\n'.repeat(1_000_000))).toEqual({});
  }, 20_000);
});
