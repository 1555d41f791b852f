import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect } from 'vitest';
import { parse } from 'yaml';

import { dashboards } from '#manifests/grafana.ts';
import { Bot } from '#test/support/bot.ts';
import { test } from '#test/support/database.ts';
import { familiesOf, figuresIn, hasPrometheus, promtool, startWatching } from '#test/support/prometheus.ts';

const FOLDER = path.join(import.meta.dirname, '../../manifests/prometheus');

interface Dashboard {
  readonly title: string;
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }[];
}

function asked(): { readonly where: string; readonly expr: string }[] {
  return Object.values(dashboards()).flatMap((text) => {
    const { title, panels } = JSON.parse(text) as Dashboard;
    return panels.flatMap((panel) =>
      (panel.targets ?? []).map(({ expr }) => ({ where: `${title}, ${panel.title}`, expr })),
    );
  });
}

function ruled(): { readonly where: string; readonly expr: string }[] {
  const { groups } = parse(readFileSync(path.join(FOLDER, 'rules.yaml'), 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  return groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ where: alert, expr })));
}

describe.runIf(hasPrometheus())('figures for Prometheus', () => {
  test('are well-formed, and every one that a dashboard or a rule asks for is there', async ({ place }) => {
    const bot = await Bot.on(place);
    await bot.types('admin', '/incident declare sev1 checkout is down');
    await bot.roomOf(1);
    await bot.types('admin', '/incident ack 1');
    const exposition = await bot.until(async () => {
      const { body } = await bot.call('GET', '/metrics');
      return String(body).includes('incident_time_to_acknowledge_seconds_count') && String(body);
    });
    promtool(['check', 'metrics'], exposition);
    expect(exposition).toContain('commands_total{command="declare",outcome="done"} 1');
    expect(exposition).toContain('incident_events_total{type="incident.declared"} 1');
    expect(exposition).toMatch(
      /sla_promises_total\{promise="acknowledgment",severity="P0",outcome="kept"\} 1/,
    );

    const families = familiesOf(exposition);
    const isThere = (name: string) =>
      families.has(name) || families.has(name.replace(/_(?:bucket|sum|count)$/, ''));
    const missing = [...asked(), ...ruled()].flatMap(({ where, expr }) =>
      figuresIn(expr)
        .filter((name) => name !== 'up' && !isThere(name))
        .map((name) => `${where}: ${name}`),
    );
    expect(missing).toEqual([]);
    const watching = await startWatching({ target: bot.url });
    try {
      for (const { expr } of asked()) await watching.query(expr.replaceAll('$__rate_interval', '1m'));
      await expect
        .poll(() => watching.query('sum(max by (severity, status) (incidents))'))
        .toMatchObject([{ value: [expect.any(Number), '1'] }]);
    } finally {
      await watching.stop();
    }
  });

  test('have rules that hold in the states they are for, and in no other', () => {
    expect(promtool(['check', 'rules', path.join(FOLDER, 'rules.yaml')])).toContain('SUCCESS');
    const proven = readFileSync(path.join(FOLDER, 'rules.test.yaml'), 'utf8');
    expect(ruled().filter(({ where }) => !proven.includes(`name: ${where}\n`))).toEqual([]);
    expect(promtool(['test', 'rules', path.join(FOLDER, 'rules.test.yaml')])).toContain('SUCCESS');
  });
});
