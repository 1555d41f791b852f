import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import type { PersonId } from '#src/incident/person.ts';
import { readFile } from '#src/setup/document.ts';
import { planOf } from '#src/setup/plan.ts';
import type { SetupState } from '#src/setup/state.ts';
import { wantedFrom } from '#src/setup/wanted.ts';
import { NOTHING } from '#test/support/setup.ts';

const now = new Date('2026-03-01T08:00:00Z');
const made = (file: string, before = NOTHING): SetupState =>
  wantedFrom(readFile(`version: 1\n${file}`), before, 'ana' as PersonId);

describe('the services of the setup file', () => {
  it('are read with their owner, aliases, dependencies, runbook and tier, and said field by field', () => {
    const before = made('services: {api: {}, db: {name: Database, tier: 1}}');
    expect(before.services).toEqual([
      { id: 'api', name: 'Api', aliases: [], team: null, dependsOn: [], runbook: null, tier: null },
      { id: 'db', name: 'Database', aliases: [], team: null, dependsOn: [], runbook: null, tier: 1 },
    ]);
    const after = made(
      'services: {api: {depends_on: [db], aliases: [front], runbook: "https://x.example/a"}, db: {}}',
      before,
    );
    expect(planOf(before, after, now).changes.map(({ text }) => text)).toEqual([
      'Service api, aliases: none → front.',
      'Service api, depends on: none → db.',
      'Service api, runbook: none → https://x.example/….',
      'Service db, name: Database → Db.',
      'Service db, tier: 1 → none.',
    ]);
  });

  it.each([
    ['services: {api: {depends_on: [dbb]}, db: {}}', /Line 2.*there is no service "dbb"; did you mean db\?/],
    ['services: {api: {depends_on: [api]}}', /a service does not depend on itself/],
    ['services: {api: {team: nobody}}', /there is no team "nobody"/],
    ['services: {api: {aliases: [web]}, front: {aliases: [Web]}}', /service api is called "Web" too/],
    ['services: {api: {aliases: [front]}, front: {}}', /service front is called "front" too/],
    ['services: {api: {tier: 9}}', /a tier is 1 \(the most important\) to 4/],
    ['services: {api: {runbook: "javascript:alert(1)"}}', /it is no address/],
    ['services: {api: {depend: [db]}}', /"depend" is no field here/],
  ])('refuses %s with a sentence', (file, sentence) => {
    expect(() => made(file)).toThrow(sentence);
  });

  it('may depend on each other in a circle, but that is said once', () => {
    const circle = made(
      'services: {a: {depends_on: [b]}, b: {depends_on: [c]}, c: {depends_on: [a]}, d: {}}',
    );
    const said = 'Services a, b and c depend on each other in a circle: none of them is the deepest.';
    expect(planOf(NOTHING, circle, now).warnings).toEqual([said]);
    const more = { ...circle, services: circle.services.map((it) => ({ ...it, tier: 2 })) };
    expect(planOf(circle, more, now).warnings).toEqual([]);
  });

  it('are shown by an example that can be applied', () => {
    const file = path.join(import.meta.dirname, '../../manifests/services.example.yaml');
    const { services } = wantedFrom(readFile(readFileSync(file, 'utf8')), NOTHING, 'ana' as PersonId);
    expect(services.find(({ id }) => id === 'checkout')?.dependsOn).toEqual(['cart', 'payment']);
  });
});
