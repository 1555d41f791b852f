import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { TestCase, TestModule, Vitest } from 'vitest/node';

import { commands } from '#commands/index.ts';
import { PLATFORMS, type ParityPlatform } from '#manifests/parity-platforms.ts';
import { parityTable, type Proofs } from '#manifests/parity.ts';

import { ON_CALL } from './story-on-call.ts';
import { SCENARIOS } from './story-scenarios.ts';

const FILE = path.join(import.meta.dirname, '../../manifests/parity.md');

export type ReportParity = typeof reportParity;

/**
 * Compares the table that is checked in with what a run of all tests proved, or
 * writes it where PARITY is `write`. What is wrong fails the run.
 */
export async function reportParity(vitest: Vitest, modules: readonly TestModule[]): Promise<void> {
  const isWriting = process.env['PARITY'] === 'write';
  if (!isWriting && !(await ranEverything(vitest, modules))) return;
  const wrong = await wrongWith(modules, isWriting);
  if (wrong === null) return;
  vitest.logger.error(`\n${wrong}\n`);
  process.exitCode = 1;
}

async function ranEverything(vitest: Vitest, modules: readonly TestModule[]): Promise<boolean> {
  const { testNamePattern, project, shard } = vitest.config;
  if (testNamePattern !== undefined || project.length > 0 || shard !== undefined) return false;
  return modules.length === (await vitest.globTestSpecifications()).length;
}

async function wrongWith(modules: readonly TestModule[], isWriting: boolean): Promise<string | null> {
  const { text, missing } = parityTable(proofsIn(modules), {
    commands: commands.map(({ name }) => name),
    stories: [...SCENARIOS, ...ON_CALL].map(({ title }) => title),
  });
  if (missing.length > 0) {
    const first = missing.slice(0, 20).map((it) => `  ${it}`);
    const more = missing.length > first.length ? [`  and ${missing.length - first.length} more`] : [];
    return ['manifests/parity.md was not looked at, because this run did not prove:', ...first, ...more].join(
      '\n',
    );
  }
  if (isWriting) {
    await writeFile(FILE, text);
    return null;
  }
  const before = await readFile(FILE, 'utf8').catch(() => '');
  return before === text ? null : 'manifests/parity.md is not what this run proved. Run: npm run parity';
}

/** A test that ran more than once, on two databases or two kinds of rooms, must have passed each time. */
function proofsIn(modules: readonly TestModule[]): Proofs {
  const proofs = new Map<ParityPlatform['id'], Map<string, boolean>>();
  for (const test of modules.flatMap((it) => [...it.children.allTests()])) {
    const platform = platformOf(test);
    if (!platform) continue;
    const own = proofs.get(platform.id) ?? new Map<string, boolean>();
    proofs.set(platform.id, own);
    own.set(test.name, (own.get(test.name) ?? true) && test.result().state === 'passed');
  }
  return proofs;
}

function platformOf({ parent }: TestCase): ParityPlatform | undefined {
  return parent.type === 'suite' ? PLATFORMS.find(({ suites }) => suites.test(parent.name)) : undefined;
}
