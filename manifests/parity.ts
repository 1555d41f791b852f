import { FEATURES } from './parity-features.ts';
import { PLATFORMS, type ParityPlatform } from './parity-platforms.ts';

/** What a run of the tests showed: of each platform, which tests passed in every run and every variant. */
export type Proofs = ReadonlyMap<ParityPlatform['id'], ReadonlyMap<string, boolean>>;

interface Said {
  readonly commands: readonly string[];
  readonly stories: readonly string[];
}

/**
 * The table of what works where, as Markdown: each cell stands for tests that
 * passed, and says what the platform does. `missing` names what was not proved.
 */
export function parityTable(
  proofs: Proofs,
  { commands, stories }: Said,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const proved = (platform: ParityPlatform, tests: readonly string[], cell: string) => {
    const lacking = tests.filter((it) => proofs.get(platform.id)?.get(it) !== true);
    missing.push(...lacking.map((it) => `${platform.title}: ${it}`));
    return lacking.length === 0 ? cell : 'not proved';
  };
  const table = (first: string, rows: readonly (readonly string[])[]) => [
    `| ${[first, ...PLATFORMS.map(({ title }) => title)].join(' | ')} |`,
    `| ${['---', ...PLATFORMS.map(() => '---')].join(' | ')} |`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ];
  const featureRows = FEATURES.map(({ what, tests, farTests = [], cell }) => [
    what,
    ...PLATFORMS.map((it) => proved(it, it.id === 'web' ? tests : [...tests, ...farTests], cell(it))),
  ]);
  const commandRows = commands.map((name) => [
    `\`${name}\``,
    ...PLATFORMS.map((it) => proved(it, [`takes the command ${name}`], `\`${it.path(name)}\``)),
  ]);
  const storyRows = stories.map((title) => [
    title,
    ...PLATFORMS.map((it) => proved(it, [title], 'ends the same')),
  ]);
  const text = [
    '# What works where',
    '',
    'Every cell was proved by a test in the last run of all tests, and says what the platform does. Written by `npm run parity`; do not edit it here.',
    '',
    '## Features',
    '',
    ...table('what', featureRows),
    '',
    '## Commands',
    '',
    ...table('command', commandRows),
    '',
    '## Stories',
    '',
    'The same story, told by people of each platform, leaves the same incident, the same timeline and the same words on the card.',
    '',
    ...table('story', storyRows),
    '',
  ].join('\n');
  return { text, missing };
}
