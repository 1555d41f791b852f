import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { stringify } from 'yaml';

/**
 * For developers: Microsoft's own playground for Teams bots in front of a running
 * program, so that somebody else's idea of Teams is met too. It is fetched by npx, comes
 * with Microsoft's licence for evaluation, and is no part of the product nor of its tests.
 */
const PLAYGROUND = '@microsoft/m365agentsplayground@0.2.28';
const PORT = 56150;
const CHANNEL = '19:playground-incidents@thread.tacv2';

/** The playground ends at once when it has fewer users than five beside the current one. */
const PEOPLE = ['Ana Lima', 'Bo Chen', 'Cy Rossi', 'Gus Vale', 'Ola Berg', 'Eve Ray'];

const [programUrl = 'http://127.0.0.1:3000'] = process.argv.slice(2);
await play(programUrl.replace(/\/+$/, ''));

async function play(program: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'teams-playground-'));
  await writeFile(path.join(folder, '.m365agentsplayground.yml'), stringify(organisation()));
  process.stdout.write(instructions(program));
  const options = [
    '-e',
    `${program}/api/messages`,
    '-c',
    'msteams',
    '--disable-telemetry',
    '-p',
    String(PORT),
  ];
  const playground = spawn('npx', ['--yes', PLAYGROUND, ...options], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, TEAMSAPPTESTER_BROWSER: 'none' },
  });
  // Control-C goes to both; the playground ends by itself, and then this does.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => playground.kill());
  const code = await new Promise<number | null>((resolve) => void playground.once('exit', resolve));
  await rm(folder, { recursive: true, force: true });
  process.exitCode = code ?? 0;
}

function instructions(program: string): string {
  return [
    '',
    "Microsoft's playground for Teams bots. It listens on all interfaces: use it on a machine you trust.",
    '',
    'The program must run without authentication and without a team, so that rooms are threads:',
    `  HOST=127.0.0.1 TEAMS_APP_ID= TEAMS_CHANNEL_ID='${CHANNEL}' npm start`,
    `It is looked for at ${program}; give another address as the first argument.`,
    '',
    `1. Open http://localhost:${PORT}.`,
    '2. From "Mock an Activity" send the one that adds the bot to the team, so that the program learns where to answer.',
    `3. In the channel Incidents write @Incident Manager declare sev2 checkout is down.`,
    '4. Press the buttons of the card. A dialog does not open here: the playground knows no task/fetch.',
    '5. In the personal chat write help.',
    '',
    'It knows no Graph (channels, tags), no deleting, no dialogs, no targeted messages and no limits.',
    '',
    '',
  ].join('\n');
}

function organisation(): object {
  const [me, ...users] = PEOPLE.map(person);
  return {
    version: '0.1.1',
    tenantId: '00000000-0000-0000-0000-000000000001',
    bot: { id: '00000000-0000-0000-0000-000000000011', name: 'Incident Manager' },
    currentUser: me,
    users,
    personalChat: { id: 'personal-chat-id' },
    groupChat: { id: 'group-chat-id', name: 'Everybody' },
    team: {
      id: '19:playground-team@thread.tacv2',
      name: 'Incident response',
      aadGroupId: '00000000-0000-0000-0000-000000000031',
      channels: [{ id: CHANNEL, name: 'Incidents' }],
    },
  };
}

function person(name: string, index: number): object {
  const [givenName = '', surname = ''] = name.split(' ');
  const email = `${givenName.toLowerCase()}@example.com`;
  return {
    id: `29:${givenName.toLowerCase()}`,
    name,
    // The playground spells it like this.
    userPrincipleName: email,
    aadObjectId: `00000000-0000-0000-0000-0000000000${21 + index}`,
    givenName,
    surname,
    email,
  };
}
