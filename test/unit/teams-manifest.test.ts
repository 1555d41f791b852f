import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

import type { Ajv as Draft04 } from 'ajv';
import { describe, expect, it } from 'vitest';

import { entryId } from '#adapters/teams/invokes.ts';
import { teamsManifest } from '#adapters/teams/manifest.ts';
import { adminPermissions, CONNECTOR_RATE, RATES, rscPermissions } from '#adapters/teams/methods.ts';
import { commands } from '#commands/index.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import { EVERYTHING, OF_A_TEAM, READING, SENDING, type Windows } from '#test/support/teams/service/rates.ts';

const shapes = commands.map(shapeOf);
const APP = { appId: '8f0e5a3b-1f6f-4c9b-a10d-3b07384d9a01', domain: 'incidents.example.com' };
const folder = process.env['OFFICIAL_SPECS'];

describe('the app of Teams', () => {
  it('offers commands by mention and as slash commands, with answers for one person', () => {
    expect(teamsManifest(shapes, APP)).toMatchObject({
      bots: [
        {
          botId: APP.appId,
          supportsTargetedMessages: true,
          commandLists: [{ triggers: ['mention', 'slash'] }, { scopes: ['personal'] }],
        },
      ],
    });
  });

  it('has an entry in the menu of messages for each command that can be given on one', () => {
    const labels = shapes.flatMap(({ onMessage }) => (onMessage ? [onMessage.label] : []));
    expect(labels).toEqual(expect.arrayContaining(['Add to timeline', 'Declare from message']));
    const { composeExtensions } = teamsManifest(shapes, APP) as {
      composeExtensions: { commands: { id: string; title: string; context: string[] }[] }[];
    };
    const entries = composeExtensions[0]?.commands ?? [];
    for (const label of labels) {
      expect(entries).toContainEqual(
        expect.objectContaining({ id: entryId(label), title: label, context: ['message'] }),
      );
    }
    expect(entries).toContainEqual(
      expect.objectContaining({ id: 'declare', title: 'Declare', context: ['compose', 'commandBox'] }),
    );
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
  });

  it('says that it works in private channels as Teams takes it since version 1.25', () => {
    const manifest = teamsManifest(shapes, APP);
    expect(manifest).toMatchObject({ manifestVersion: '1.29', supportsChannelFeatures: 'tier1' });
    // The schema still knows it, and the upload refuses it.
    expect(manifest).not.toHaveProperty('supportedChannelTypes');
  });

  it('asks a team for what the code uses, and nothing of the whole organisation', () => {
    expect(rscPermissions()).toEqual([
      'Channel.Create.Group',
      'ChannelMessage.Read.Group',
      'ChannelSettings.Read.Group',
      'ChannelSettings.ReadWrite.Group',
      'TeamMember.Read.Group',
      'TeamsAppInstallation.Read.Group',
      'TeamsTab.Create.Group',
    ]);
    expect(JSON.stringify(teamsManifest(shapes, APP))).not.toMatch(/\.All"/);
    expect(adminPermissions()).toEqual([
      'Channel.Create',
      'ChannelMember.ReadWrite.All',
      'ChannelSettings.ReadWrite.All',
      'TeamworkTag.ReadWrite.All',
    ]);
  });

  it('calls below the documented rates', () => {
    const isBelow = (ours: readonly (readonly [number, number])[], real: Windows) =>
      real.every(([most, seconds]) => {
        const inWindow = ours.map(([calls, ms]) => calls * Math.ceil((seconds * 1000) / ms));
        return Math.min(...inWindow) <= most;
      });
    expect(isBelow(RATES.send, SENDING)).toBe(true);
    expect(isBelow(RATES.read, READING)).toBe(true);
    expect(isBelow(RATES.graph, OF_A_TEAM)).toBe(true);
    expect(isBelow(CONNECTOR_RATE, EVERYTHING)).toBe(true);
  });

  if (folder === undefined) {
    process.stderr.write(
      'SKIPPED: OFFICIAL_SPECS is not set, so the manifest of Teams is not held to the official schema.\n',
    );
    return;
  }

  it('is valid by the official schema', async () => {
    const file = path.join(folder, 'teams-manifest-1.29.schema.json');
    const schema = JSON.parse(await readFile(file, 'utf8')) as object;
    const { default: Ajv } = createRequire(import.meta.url)('ajv-draft-04') as { default: typeof Draft04 };
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(JSON.parse(JSON.stringify(teamsManifest(shapes, APP))));
    expect(validate.errors).toBe(null);
  });
});
