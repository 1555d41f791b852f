import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { makeTeams, type TeamsSettings } from '#adapters/teams/adapter.ts';
import { teamsManifest } from '#adapters/teams/manifest.ts';
import { adminPermissions } from '#adapters/teams/methods.ts';
import { commands } from '#commands/index.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import type { PlatformStore } from '#src/chat/store.ts';
import { platformStore } from '#src/db/platform-store.ts';
import type { Db } from '#src/db/schema.ts';
import { startFakeTeams, type FakeTeamsOptions } from '#test/support/teams/fake.ts';

/** The adapter behind a web server, as in the program, and Teams in front of it. */
export async function teamsOn(
  db: Db,
  options: Omit<FakeTeamsOptions, 'appUrl'> = {},
  now = () => new Date(),
) {
  let mounts: ReturnType<typeof makeTeams>['mounts'] = [];
  const server = createServer((request, response) => mounts[0]?.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake = await startFakeTeams({
    // With what the manifest asks a team's owner for, what the doctor asks an administrator for, and nothing more.
    manifest: (appId) => teamsManifest(commands.map(shapeOf), { appId, domain: 'incidents.example.com' }),
    roles: adminPermissions(),
    ...options,
    appUrl: () => publicUrl,
  });
  const reported: unknown[] = [];
  const settings = settingsOf(fake.env, publicUrl);
  return {
    fake,
    settings,
    /** Where Teams calls the program. */
    publicUrl,
    /** Failures that nobody waited for. */
    reported,
    /** The adapter as in a new process, over the same store. */
    make(changes: Partial<TeamsSettings> = {}, store: PlatformStore = platformStore(db, 'teams', now)) {
      const made = makeTeams({
        settings: { ...settings, ...changes },
        store,
        now,
        report: (error) => void reported.push(error),
      });
      mounts = made.mounts;
      return made;
    },
    stop: async () => {
      await fake.stop();
      server.closeAllConnections();
      server.close();
    },
  };
}

function settingsOf(env: Readonly<Record<string, string>>, publicUrl: string): TeamsSettings {
  const of = (name: string) => env[`TEAMS_${name}`] ?? '';
  return {
    appId: of('APP_ID'),
    appPassword: of('APP_PASSWORD'),
    tenantId: of('TENANT_ID'),
    channelId: of('CHANNEL_ID'),
    teamId: env['TEAMS_TEAM_ID'],
    graphUrl: of('GRAPH_URL'),
    loginUrl: of('LOGIN_URL'),
    openIdUrl: of('OPENID_URL'),
    issuer: of('ISSUER'),
    publicUrl,
    isLoopback: true,
  };
}
