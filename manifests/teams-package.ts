import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { zipSync } from 'fflate';

import { readSettings } from '#src/config.ts';

import { teamsJson } from './chat-apps.ts';

/** Writes the package that is uploaded to Teams: the manifest with this installation's app id and address, and the pictures. */
async function main(): Promise<void> {
  const { chat, publicUrl } = readSettings(process.env);
  const { appId = '' } = chat.teams ?? {};
  if (appId === '') {
    console.error('Set TEAMS_APP_ID and TEAMS_CHANNEL_ID first, as for the program itself; see the README.');
    process.exitCode = 1;
    return;
  }
  const picture = async (name: string) => await readFile(path.join(import.meta.dirname, 'teams', name));
  const bytes = zipSync({
    'manifest.json': new TextEncoder().encode(teamsJson(appId, new URL(publicUrl).hostname)),
    'color.png': await picture('color.png'),
    'outline.png': await picture('outline.png'),
  });
  const file = path.join(import.meta.dirname, '../dist/teams-app.zip');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  console.log(
    `Written: ${path.relative(process.cwd(), file)}. Upload it in Teams under "Apps", "Manage your apps".`,
  );
}

await main();
