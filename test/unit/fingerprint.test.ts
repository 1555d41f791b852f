import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { AlertIdentity } from '#src/alerts/identity.ts';
import {
  crossKey,
  crossLookups,
  identity,
  sameAlert,
  withoutFigures,
  withoutState,
} from '#src/alerts/identity.ts';
import { fingerprint } from '#src/incident/fingerprint.ts';

describe('a fingerprint', () => {
  it('is the same for the same parts in any order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (parts) => {
        const turned = Object.fromEntries(Object.entries(parts).toReversed());
        expect(fingerprint(turned)).toBe(fingerprint(parts));
      }),
    );
  });

  it('differs whenever a name or a value differs', () => {
    const parts = fc.dictionary(fc.string({ maxLength: 3 }), fc.string({ maxLength: 3 }), { maxKeys: 4 });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(fingerprint(a) === fingerprint(b)).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['neighbours do not run together', { x: 'ab', y: 'c' }, { x: 'a', y: 'bc' }],
    ['nor does a name run into its value', { ab: 'c' }, { a: 'bc' }],
    ['nor do the members of a list', { x: ['ab', 'c'] }, { x: ['a', 'bc'] }],
    ['a list of one is not a text', { x: ['a'] }, { x: 'a' }],
    ['an empty part is not an absent one', { x: '' }, {}],
  ])('%s', (_what, a, b) => {
    expect(fingerprint(a)).not.toBe(fingerprint(b));
  });

  it('takes a list as a set', () => {
    expect(fingerprint({ services: ['b', 'a', 'b'] })).toBe(fingerprint({ services: ['a', 'b'] }));
  });

  it('is 64 hex digits, and the same on every machine', () => {
    expect(fingerprint({})).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(fingerprint({ rule: 'DiskFull', host: 'db-1' })).toMatch(/^[0-9a-f]{64}$/);
  });
});

const alert: AlertIdentity = {
  source: 'alertmanager',
  eventType: 'alert',
  rule: 'PodNotReady',
  title: 'Pod is not ready',
  description: 'Pod shop/cart-7cc77d965f-cgsdv has not been ready for 15 minutes.',
  service: 'cart',
  resource: null,
  labels: {
    alertname: 'PodNotReady',
    severity: 'warning',
    namespace: 'shop',
    pod: 'cart-7cc77d965f-cgsdv',
    instance: '10.1.2.3:8080',
    replica: 'prometheus-0',
  },
  key: '791cec13fcba0368',
};
const withLabels = (labels: Record<string, string>): AlertIdentity => ({
  ...alert,
  labels: { ...alert.labels, ...labels },
});
const bare: AlertIdentity = {
  ...alert,
  source: 'probe',
  rule: '',
  labels: {},
  key: null,
  service: null,
  description: '',
};

describe('the identity of an alert', () => {
  it.each([
    ['it fires again with another description', { ...alert, description: 'for 40 minutes' }],
    ['its severity rises', withLabels({ severity: 'critical' })],
    ['another Prometheus of the pair sends it', withLabels({ replica: 'prometheus-1' })],
    [
      'its pod is replaced, and with it the address',
      withLabels({ pod: 'cart-7cc77d965f-bvbdz', instance: '10.1.9.9:8080' }),
    ],
    ['its ReplicaSet is replaced', withLabels({ pod: 'cart-5b59b78dd5-2r9xl', instance: '10.1.9.9:8080' })],
    ['the sender gives it another fingerprint', { ...alert, key: 'ea88c083552f8e8d' }],
    ['it comes by way of Grafana', { ...alert, source: 'grafana', service: null }],
  ])('stays when %s', (_what, other) => {
    expect(identity(other)).toBe(identity(alert));
    expect(sameAlert(other, alert)).toBe(true);
  });

  it.each([
    ['another namespace', withLabels({ namespace: 'bank' })],
    ['another deployment', withLabels({ pod: 'basket-7cc77d965f-cgsdv' })],
    ['another pod of a StatefulSet', withLabels({ pod: 'cart-1' })],
    ['another rule', withLabels({ alertname: 'PodCrashLooping' })],
    ['a label more', withLabels({ container: 'main' })],
  ])('differs for %s', (_what, other) => {
    expect(identity(other)).not.toBe(identity(alert));
    expect(sameAlert(other, alert)).toBe(false);
  });

  it('keeps the address of what is no pod of a ReplicaSet', () => {
    const node = (instance: string) => ({ ...alert, labels: { alertname: 'NodeDown', instance } });
    expect(identity(node('10.0.0.1:9100'))).not.toBe(identity(node('10.0.0.2:9100')));
  });

  it('without labels is the key at its sender', () => {
    const keyed = { ...bare, key: 'incident-7' };
    expect(identity({ ...keyed, title: 'Renamed', source: 'probe' })).toBe(identity(keyed));
    expect(identity({ ...keyed, source: 'other' })).not.toBe(identity(keyed));
  });

  it.each([
    ['CPU of web-1 is at 93 %', 'CPU of web-1 is at 97%', true],
    ['Queue of web-1 is 12.5 s behind', 'Queue of web-1 is 3.2 s behind', true],
    ['[FIRING:1] web-1 is slow', '[RESOLVED] web-1 is slow', true],
    ['RESOLVED: web-1 is slow', 'web-1 is slow', true],
    ['CPU of web-1 is at 93 %', 'CPU of web-2 is at 93 %', false],
    ['10.0.0.7 does not answer', '10.0.0.8 does not answer', false],
    ['Port 80 is closed', 'Port 443 is closed', false],
    ['[db-1] is slow', '[db-2] is slow', false],
  ])('with nothing but a title: "%s" and "%s"', (a, b, same) => {
    expect(identity({ ...bare, title: a }) === identity({ ...bare, title: b })).toBe(same);
  });

  it('does not depend on the order of labels, nor on what only the moment knows', () => {
    const moment = fc.record({
      severity: fc.string(),
      replica: fc.string(),
      value: fc.string(),
      receiver: fc.string(),
    });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), moment, moment, (own, a, b) => {
        const labels = { alertname: 'X', ...own };
        const first = { ...alert, labels: { ...labels, ...a } };
        const second = {
          ...alert,
          labels: Object.fromEntries(Object.entries({ ...labels, ...b }).toReversed()),
        };
        expect(identity(second)).toBe(identity(first));
      }),
    );
  });
});

describe('a copy of an alert that comes through another channel', () => {
  const original: AlertIdentity = {
    ...alert,
    rule: 'BackupFailed',
    title: 'Backup of orders failed',
    description: 'The backup of orders in cluster eu-1 has failed 3 times.',
    labels: { alertname: 'BackupFailed', severity: 'high', database: 'orders', cluster: 'eu-1' },
  };
  const copy: AlertIdentity = {
    ...bare,
    source: 'email',
    title: '[FIRING:1] BackupFailed (eu-1 orders)',
    description: 'The backup of orders in cluster eu-1 has failed 4 times.',
  };

  it('is looked for under the key that the original is stored with, and the other way round', () => {
    expect(crossLookups(copy)).toContain(crossKey(original));
    expect(crossLookups(original)).toContain(crossKey(copy));
    expect(crossLookups(original)).not.toContain(crossKey({ ...original, source: 'grafana' }));
  });

  it('is recognised', () => {
    expect(sameAlert(copy, original)).toBe(true);
    expect(sameAlert(original, copy)).toBe(true);
  });

  it.each([
    ['names another rule', { title: '[FIRING:1] BackupSlow (eu-1 orders)' }],
    ['lists another entity', { title: '[FIRING:1] BackupFailed (eu-2 orders)' }],
    ['lists one thing more', { title: '[FIRING:1] BackupFailed (eu-1 orders replica-2)' }],
    ['says something else', { description: 'orders in eu-1 has too little space' }],
    ['came from the same sender', { source: 'alertmanager' }],
  ])('is not when it %s', (_what, change) => {
    expect(sameAlert({ ...copy, ...change }, original)).toBe(false);
  });

  it('is none of an alert that has a label more', () => {
    expect(sameAlert(copy, { ...original, labels: { ...original.labels, disk: 'sda' } })).toBe(false);
  });

  it('that says next to nothing belongs to nothing', () => {
    const [a, b] = ['db-1', 'db-2'].map((host, index) => ({
      ...bare,
      source: `mail-${index}`,
      title: `DiskFull: ${host}`,
    }));
    expect(a && b && sameAlert(a, b)).toBe(false);
  });

  it('is judged the same from both sides', () => {
    const texts = fc.constantFrom(
      'DiskFull',
      'DiskFull: db-1 is full',
      '[ALERT] DiskFull: 3 left',
      'DiskFull (db-1)',
      '',
    );
    const side = fc.record({
      source: fc.constantFrom('a', 'b', 'c'),
      title: texts,
      description: texts,
      labels: fc.constantFrom(
        {},
        { alertname: 'DiskFull' },
        { alertname: 'DiskFull', host: 'db-1' },
        { host: 'db-1' },
      ),
    });
    fc.assert(
      fc.property(side, side, (a, b) => {
        const [one, two] = [
          { ...bare, ...a },
          { ...bare, ...b },
        ] as [AlertIdentity, AlertIdentity];
        expect(sameAlert(one, two)).toBe(sameAlert(two, one));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what is left out of a title', () => {
  it.each([
    ['[FIRING:1] DiskFull', 'DiskFull'],
    ['[Triggered on {host:web-7}] High CPU', 'High CPU'],
    ['🔴 [P1] Down: api', 'api'],
    ['[db-1] DiskFull', '[db-1] DiskFull'],
    ['TargetDown: api', 'TargetDown: api'],
  ])('the state in front: %s', (title, rest) => {
    expect(withoutState(title)).toBe(rest);
  });

  it.each([
    ['at 93.5 % for 5m', 'at # for #'],
    ['over 1,234 requests', 'over #'],
    ['on 10.0.0.7:9100, v1.2, web-1, port 80', 'on 10.0.0.7:9100, v1.2, web-1, port 80'],
    ['cart-7cc77d965f-cgsdv', 'cart-*'],
  ])('figures: %s', (text, rest) => {
    expect(withoutFigures(text)).toBe(rest);
  });

  it('any text, in time that grows with its length and not faster', () => {
    for (const piece of ['1', '1.', '[a] ', '- ', '(', '1 m', 'a-bcdfgh-']) {
      expect(withoutFigures(piece.repeat(100_000))).toBeTypeOf('string');
      expect(withoutState(piece.repeat(100_000))).toBeTypeOf('string');
    }
  }, 20_000);
});

function sorted(parts: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(parts).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
