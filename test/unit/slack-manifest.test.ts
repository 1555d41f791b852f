import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';

import { slackManifest } from '#adapters/slack/manifest.ts';
import { botScopes, METHODS } from '#adapters/slack/methods.ts';
import { commands } from '#commands/index.ts';
import { shapeOf } from '#src/chat/shapes.ts';
import { METHODS as REAL } from '#test/support/slack/methods.ts';
import { settingsOf } from '#test/support/slack/settings.ts';

const shapes = commands.map(shapeOf);
const folder = process.env['OFFICIAL_SPECS'];

describe('the app manifest', () => {
  it('has the command, the menu entries and the events that the adapter hears', () => {
    const settings = settingsOf(slackManifest(shapes));
    expect(settings.commands).toEqual([{ command: '/incident', escapes: true }]);
    expect(settings.shortcuts).toEqual([
      { name: 'Declare from message', callbackId: 'declare', onMessage: true },
      { name: 'Add to timeline', callbackId: 'note', onMessage: true },
      { name: 'Declare', callbackId: 'new-declare', onMessage: false },
    ]);
    expect(settings.events).toContain('message.groups');
    expect(settings).toMatchObject({ hasHome: true, isInteractive: true });
  });

  it('needs no address of ours, or gives all of them', () => {
    expect(JSON.stringify(slackManifest(shapes))).not.toContain('_url"');
    const url = 'https://incidents.example/slack/events';
    expect(slackManifest(shapes, { publicUrl: 'https://incidents.example' })).toMatchObject({
      features: { slash_commands: [{ url }] },
      settings: {
        socket_mode_enabled: false,
        event_subscriptions: { request_url: url },
        interactivity: { request_url: url, message_menu_options_url: url },
      },
    });
  });

  it('asks for every scope that is used, once', () => {
    const scopes = botScopes();
    expect(new Set(scopes).size).toBe(scopes.length);
    expect(scopes).toEqual(scopes.toSorted());
    expect(scopes).toEqual(expect.arrayContaining(['commands', 'groups:write', 'users:read.email']));
  });

  it('knows the rate of every method that is called', () => {
    const perMinute = { 1: 1, 2: 20, 3: 50, 4: 100, special: 300, post: 300 };
    const tooFast = Object.entries(METHODS).filter(([name, ours]) => {
      const real = REAL[name];
      return !real || ours.perMinute > perMinute[real.tier];
    });
    expect(tooFast).toEqual([]);
  });

  if (folder === undefined) {
    process.stderr.write(
      'SKIPPED: OFFICIAL_SPECS is not set, so the manifest is not held to the official schema.\n',
    );
    return;
  }

  it('is one that Slack takes', async () => {
    const file = path.join(folder, 'slack-manifest.schema.json');
    const schema = JSON.parse(await readFile(file, 'utf8')) as object;
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    const check = ajv.compile(schema);
    for (const options of [{}, { publicUrl: 'https://incidents.example', name: 'Incidents' }]) {
      check(slackManifest(shapes, options));
      expect(check.errors).toBe(null);
    }
  });
});
