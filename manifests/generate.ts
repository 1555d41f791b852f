import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { commands } from '#commands/index.ts';

import { discordJson, slackYaml, teamsJson } from './chat-apps.ts';
import { commandReference } from './command-reference.ts';
import { dashboards } from './grafana.ts';
import { lifecycleDiagram } from './lifecycle-diagram.ts';
import { openapiJson } from './openapi.ts';
import { withParity } from './parity-in-readme.ts';
import { withSettings } from './settings-table.ts';

const GRAFANA = Object.entries(dashboards()).map(
  ([name, text]) => [`manifests/grafana/${name}`, () => text] as const,
);

/** What is written from the code: by its place, from what stands there now. */
const FILES: Readonly<Record<string, (before: string) => string>> = {
  'manifests/commands.md': () => commandReference(commands),
  'manifests/lifecycle.md': lifecycleDiagram,
  'manifests/openapi.json': openapiJson,
  'manifests/slack.yaml': slackYaml,
  'manifests/teams/manifest.json': () => teamsJson(),
  'manifests/discord.json': discordJson,
  ...Object.fromEntries(GRAFANA),
  'README.md': (before) => withParity(withSettings(before)),
};

/** Writes what is generated; with --check it only looks, and fails where a file is not what the code says. */
async function main(isCheck: boolean): Promise<void> {
  const stale: string[] = [];
  for (const [name, make] of Object.entries(FILES)) {
    const file = path.join(import.meta.dirname, '..', name);
    const before = await readFile(file, 'utf8').catch(() => '');
    const after = make(before);
    if (before === after) continue;
    stale.push(name);
    if (!isCheck) await writeFile(file, after);
  }
  if (!isCheck) {
    console.log(stale.length > 0 ? `Written: ${stale.join(', ')}` : 'All is as the code says.');
  } else if (stale.length > 0) {
    console.error(`Not what the code says: ${stale.join(', ')}. Run: npm run manifests`);
    process.exitCode = 1;
  }
}

await main(process.argv.includes('--check'));
