import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { AREAS, NAMES, PARTS } from '#src/alerts/area-words.ts';
import { areaFor, classify } from '#src/alerts/classify.ts';
import { SEVERITIES } from '#src/incident/incident.ts';

describe('the rules that read the text', () => {
  const silent = {
    rule: '',
    title: '',
    description: '',
    eventType: 'alert',
    severity: 'P2',
    originalSeverity: null,
    category: null,
    service: null,
    resource: null,
    labels: {},
  } as const;

  it('keep what the sender says, and say so', () => {
    const said = {
      ...silent,
      severity: 'P3',
      originalSeverity: 'low',
      category: 'cost',
      service: 'cart',
      title: 'All data lost',
    } as const;
    expect(classify(said)).toEqual({
      severity: { value: 'P3', why: 'the sender says "low"', by: 'rules' },
      category: { value: 'cost', why: 'the sender says so', by: 'rules' },
      service: { value: 'cart', why: 'the sender names it', by: 'rules' },
    });
  });

  it.each([
    ['AllProvidersDown', 'P0', 'availability'],
    ['Data loss on volume 3', 'P0', 'availability'],
    ['checkout is down', 'P1', 'availability'],
    ['Prompt injection in user input', 'P1', 'security'],
    ['HighLatency', 'P2', 'performance'],
    ['p95 latency above 2 s', 'P2', 'performance'],
    ['HighDailyCost', 'P2', 'cost'],
    ['Backup completed', 'P4', 'availability'],
    ['purple', 'P2', 'other'],
    ['Warning: the pump failed', 'P2', 'availability'],
    ['A high rate of failures at the till', 'P2', 'availability'],
    ['The till failed', 'P1', 'availability'],
    ['Fuel is extremely low', 'P1', 'other'],
    ['Firmware was upgraded', 'P4', 'other'],
  ])('%s', (title, severity, category) => {
    const read = classify({ ...silent, title, rule: title });
    expect([read.severity.value, read.category.value]).toEqual([severity, category]);
    expect(read.severity.why).not.toBe('');
  });

  it.each([
    [{ labels: { job: 'gateway' } }, 'gateway'],
    [{ title: 'High latency on search-api' }, 'search-api'],
    [{ title: 'answer-api is down' }, 'answer-api'],
    [{ description: 'service: billing does not answer' }, 'billing'],
    [{ resource: { type: 'host', id: 'db-1', name: 'db-1', metadata: {} } }, 'db-1'],
    [{ title: 'Disk is full' }, undefined],
  ])('find the service in %j', (fields, service) => {
    expect(classify({ ...silent, ...fields }).service?.value).toBe(service);
  });

  it.each([
    ['PostgresqlReplicationLag', '', 'database', 'postgresql'],
    ['RabbitMQ', 'A queue of it grows.', 'messaging', 'rabbitmq'],
    ['Pod of the shop keeps restarting', '', 'kubernetes', 'pod'],
    ['Disk of the shop is 95 % full', '', 'storage', 'disk'],
    ['BGP session lost', '', 'network', 'bgp'],
    ['Jenkins has no free agent', '', 'cicd', 'jenkins'],
    ['Kafka runs on a host with little memory', 'High CPU and a full disk.', 'messaging', 'kafka'],
    ['Certificate of the shop expires', '', 'security', 'certificate'],
    ['High CPU', '', 'compute', 'cpu'],
    ['Proxmox Backup failed', '', 'database', 'proxmox backup'],
    ['Nginx of the shop cannot reach Postgres', '', 'network', 'nginx'],
    ['purple', '', 'other', null],
  ])('%s is a matter of the right technology, and says by which word', (title, description, area, word) => {
    const read = areaFor({ ...silent, title, description });
    expect(read.value).toBe(area);
    expect(read.why).toBe(
      word === null ? 'nothing in the text names a technology' : `the text says "${word}"`,
    );
  });

  it('take a label that names the component for its technology', () => {
    const labels = { job: 'mysqld' };
    expect(areaFor({ ...silent, title: 'Too many requests', labels }).value).toBe('database');
  });

  it('have no word of two areas, and every pair in two words', () => {
    const words = [NAMES, PARTS].flatMap((it) => Object.values(it).flatMap((line) => line.split(',')));
    const all = words.map((it) => it.trim());
    expect(all.filter((it) => !/^[a-z0-9]+(?: [a-z0-9]+)?$/.test(it))).toEqual([]);
    expect(all.filter((it, index) => all.indexOf(it) !== index)).toEqual([]);
  });

  it('take their time in proportion to the text, whatever it is', () => {
    const hostile = [
      'a'.repeat(10_000),
      'is '.repeat(4000),
      'all down '.repeat(1200),
      'A'.repeat(10_000),
      'aA'.repeat(5000),
      ' '.repeat(10_000),
    ];
    for (const description of hostile) {
      const from = performance.now();
      const alert = { ...silent, description, title: description.slice(0, 255) };
      classify(alert);
      areaFor(alert);
      expect(performance.now() - from).toBeLessThan(500);
    }
  });

  it('answer for any text, always with a reason', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (title, description) => {
        const read = classify({ ...silent, title, description });
        expect(SEVERITIES).toContain(read.severity.value);
        expect(AREAS).toContain(areaFor({ ...silent, title, description }).value);
        expect(read.category.why.length).toBeGreaterThan(0);
      }),
    );
  });
});
