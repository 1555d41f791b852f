import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { plan } from '#src/incident/grouping.ts';
import { SEVERITIES, type IncidentNumber } from '#src/incident/incident.ts';
import { isCritical, silencer, type Mutable, type Mute } from '#src/incident/muting.ts';
import { minutes, openedAt } from '#test/support/incident.ts';
import { ends, fires, WINDOWS } from '#test/support/incoming.ts';
import { World } from '#test/support/world.ts';

const MUTE: Mute = {
  id: 'm1',
  kind: 'service',
  name: 'Checkout',
  value: null,
  incident: null,
  evenCritical: false,
};
const ALERT: Mutable = {
  service: 'checkout',
  rule: 'HighLatency',
  labels: { env: 'Staging' },
  severity: 'P2',
  incidents: [7],
};

describe('what a mute silences', () => {
  const cases: readonly (readonly [string, Partial<Mute>, Partial<Mutable>, boolean])[] = [
    ['a service, however it is written', {}, {}, true],
    ['no other service', { name: 'search' }, {}, false],
    ['no alert without a service', {}, { service: null }, false],
    ['a rule', { kind: 'rule', name: 'highlatency' }, {}, true],
    ['a label with its value', { kind: 'label', name: 'env', value: 'staging' }, {}, true],
    ['no label of another value', { kind: 'label', name: 'env', value: 'production' }, {}, false],
    ['no label that only every object has', { kind: 'label', name: 'constructor', value: '' }, {}, false],
    ['the alerts of an incident', { kind: 'incident', incident: 7 as IncidentNumber }, {}, true],
    ['not those of another', { kind: 'incident', incident: 8 as IncidentNumber }, {}, false],
  ];

  it.each(cases)('%s', (_, mute, alert, isSilent) => {
    expect(silencer([{ ...MUTE, ...mute }], { ...ALERT, ...alert }) !== null).toBe(isSilent);
  });

  it('what is critical breaks through, unless it says otherwise', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SEVERITIES), fc.boolean(), (severity, evenCritical) => {
        const isSilent = silencer([{ ...MUTE, evenCritical }], { ...ALERT, severity }) !== null;
        expect(isSilent).toBe(evenCritical || !isCritical(severity));
      }),
    );
  });
});

describe('alerts that are silent', () => {
  const keys = ['checkout/a', 'checkout/b', 'search/a'] as const;
  const message = fc.record({ key: fc.constantFrom(...keys), isOver: fc.boolean() });

  it('do nothing to any incident, and those that fire still are heard when the silence is over', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 12 }),
        fc.array(message, { maxLength: 12 }),
        (before, silent) => {
          const world = new World(WINDOWS);
          world.take(
            before.map(({ key, isOver }) => (isOver ? ends(key) : fires(key))),
            openedAt,
          );
          for (const number of world.incidents.keys()) world.people('CLOSED', number, minutes(1));
          const said = silent.map(({ key, isOver }) => (isOver ? ends(key) : fires(key, { mutedBy: 'm1' })));
          const muted = silent.filter(({ isOver }) => !isOver).map(({ key }) => key);
          const { effects } = world.take(said, minutes(2));
          for (const { joined, refired, reopens, worst } of effects.values()) {
            expect({ joined, refired, reopens, worst }).toEqual({
              joined: [],
              refired: [],
              reopens: false,
              worst: null,
            });
          }
          const still = [...world.alerts.values()].filter(
            (it) => it.state === 'firing' && it.mutedBy === 'm1',
          );
          expect(still.every((it) => muted.includes(it.fingerprint as (typeof keys)[number]))).toBe(true);
          const again = plan(
            still.map((it) => fires(it.fingerprint)),
            world.known(),
            WINDOWS,
            minutes(3),
          );
          expect(again.placed.every(({ verdict }) => verdict === 'opened' || verdict === 'joined')).toBe(
            true,
          );
          expect(again.placed).toHaveLength(still.length);
        },
      ),
    );
  });
});
