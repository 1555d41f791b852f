import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { env, stderr } from 'node:process';

import { Ajv } from 'ajv';
import { default as AjvDraft04 } from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { discordJson, slackYaml, teamsJson } from '../../manifests/chat-apps.ts';

const specs = env['OFFICIAL_SPECS'];
if (specs === undefined) {
  stderr.write('\n!!! OFFICIAL_SPECS is not set: the manifests are not held against the official schemas\n');
}

const manifests = path.join(import.meta.dirname, '../../manifests');

describe('what is pasted or uploaded to a chat platform', () => {
  it('is what the code says', async () => {
    expect(await readFile(path.join(manifests, 'slack.yaml'), 'utf8')).toBe(slackYaml());
    expect(await readFile(path.join(manifests, 'discord.json'), 'utf8')).toBe(discordJson());
    expect(await readFile(path.join(manifests, 'teams/manifest.json'), 'utf8')).toBe(teamsJson());
  });

  it('has pictures of the sizes that Teams takes', async () => {
    for (const [name, size] of [
      ['color', 192],
      ['outline', 32],
    ] as const) {
      const png = await readFile(path.join(manifests, `teams/${name}.png`));
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([size, size]);
    }
  });

  it.runIf(specs !== undefined)("is valid by Slack's own schema", () => {
    const validate = new Ajv({ strict: false, allErrors: true }).compile(
      schema('slack-manifest.schema.json'),
    );
    validate(parse(slackYaml()));
    expect(validate.errors ?? []).toEqual([]);
    validate({ ...(parse(slackYaml()) as object), display_information: { name: 'x'.repeat(36) } });
    expect(validate.errors).not.toEqual([]);
  });

  it.runIf(specs !== undefined)("is valid by Microsoft's own schema", () => {
    const ajv = new AjvDraft04.default({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(schema('teams-manifest-1.29.schema.json'));
    validate(JSON.parse(teamsJson()));
    expect(validate.errors ?? []).toEqual([]);
    validate({ ...(JSON.parse(teamsJson()) as object), name: { short: 'x'.repeat(31), full: 'x' } });
    expect(validate.errors).not.toEqual([]);
  });
});

function schema(name: string): object {
  const file = path.join(specs ?? '', name);
  if (!existsSync(file)) throw new Error(`OFFICIAL_SPECS has no ${name}`);
  return JSON.parse(readFileSync(file, 'utf8')) as object;
}
