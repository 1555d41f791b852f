import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { TestCase, TestModule } from 'vitest/node';

import { commands } from '#commands/index.ts';
import { parityTable, PLATFORMS, type ParityPlatform, type Proofs } from '#manifests/parity.ts';

import { SCENARIOS } from './story-scenarios.ts';

const FILE = path.join(import.meta.dirname, '../../manifests/parity.md');

/**
 * Compares the table that is checked in with what a run of all tests proved, or
 * writes it. What comes back says what is wrong; null when nothing is.
 */
export async function checkParity(
  modules: readonly TestModule[],
  { isWriting }: { readonly isWriting: boolean },
): Promise<string | null> {
  const { text, missing } = parityTable(proofsIn(modules), {
    commands: commands.map(({ name }) => name),
    stories: SCENARIOS.map(({ title }) => title),
  });
  if (missing.length > 0) {
    const first = missing.slice(0, 20).map((it) => `  ${it}`);
    const more = missing.length > first.length ? [`  and ${missing.length - first.length} more`] : [];
    return ['The parity table was not compared, because this run did not prove:', ...first, ...more].join(
      '\n',
    );
  }
  if (isWriting) {
    await writeFile(FILE, text);
    return null;
  }
  const before = await readFile(FILE, 'utf8').catch(() => '');
  if (before === text) return null;
  return 'manifests/parity.md is not what this run of the tests proved. Run: npm run parity';
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
