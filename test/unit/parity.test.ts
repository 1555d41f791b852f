import { expect, test } from 'vitest';

import { FEATURES } from '#manifests/parity-features.ts';
import { PLATFORMS } from '#manifests/parity-platforms.ts';
import { parityTable, type Proofs } from '#manifests/parity.ts';

const SAID = { commands: ['ack', 'help'], stories: ['it is declared and resolved'] };

test('no cell of the table of what works where is blank, and each says what the platform does', () => {
  const { text, missing } = parityTable(everythingProved(), SAID);
  expect(missing).toEqual([]);
  const rows = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
  expect(rows).toHaveLength(FEATURES.length + SAID.commands.length + SAID.stories.length + 3);
  for (const row of rows) {
    const cells = row.split('|').slice(1, -1);
    expect(cells).toHaveLength(PLATFORMS.length + 1);
    for (const cell of cells) expect(cell.trim()).toMatch(/[\p{L}\p{N}]/u);
  }
});

test('what a run did not prove, or not every time, is named and not claimed', () => {
  const proofs = everythingProved();
  const slack = new Map(proofs.get('slack'));
  slack.set('takes the command ack', false);
  slack.delete('is there, and lets us in');
  slack.delete('it is declared and resolved');
  const { text, missing } = parityTable(new Map([...proofs, ['slack', slack]]), SAID);
  expect(missing).toEqual(['Slack: takes the command ack', 'Slack: it is declared and resolved']);
  expect(text.match(/not proved/g)).toHaveLength(2);
});

test('each row stands for at least one test, on each platform that is far away', () => {
  const bare = FEATURES.filter(({ tests, farTests = [] }) => tests.length + farTests.length === 0);
  expect(bare).toEqual([]);
});

function everythingProved(): Proofs {
  const tests = [
    ...FEATURES.flatMap((it) => [...it.tests, ...(it.farTests ?? [])]),
    ...SAID.commands.map((name) => `takes the command ${name}`),
    ...SAID.stories,
  ];
  return new Map(PLATFORMS.map(({ id }) => [id, new Map(tests.map((name) => [name, true]))]));
}
