import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');

/** Every TypeScript file below a folder, with its text. */
async function filesOf(folder: string): Promise<{ file: string; text: string }[]> {
  const names = await readdir(path.join(root, folder), { recursive: true });
  return await Promise.all(
    names
      .filter((it) => it.endsWith('.ts'))
      .map(async (name) => ({
        file: `${folder}/${name}`,
        text: await readFile(path.join(root, folder, name), 'utf8'),
      })),
  );
}

describe('the engine', () => {
  it('names no chat platform', async () => {
    // These read their settings and make them.
    const mayName = ['src/config-chat.ts', 'src/platforms.ts', 'src/doctor-chat.ts'];
    const files = (await filesOf('src')).filter(({ file }) => !mayName.includes(file));
    const naming = files.filter(({ text }) =>
      /\b(?:slack|discord|microsoft teams)\b/i.test(withoutComments(text)),
    );
    expect(naming.map(({ file }) => file)).toEqual([]);
  });

  it('keeps its domain free of promises and clocks', async () => {
    const files = [...(await filesOf('src/incident')), ...(await filesOf('src/oncall'))];
    const waiting = files.filter(({ text }) =>
      /\b(?:async|await|Promise<|setTimeout|new Date\(\))/.test(text),
    );
    expect(waiting.map(({ file }) => file)).toEqual([]);
  });

  it('takes the time from its context everywhere', async () => {
    const files = [
      ...(await filesOf('src')),
      ...(await filesOf('commands')),
      ...(await filesOf('migrations')),
    ];
    const looking = files.filter(({ text }) =>
      /\bDate\.now\(|\bnew Date\(\)|\bnow\(\) at time zone|default now\(\)/.test(text),
    );
    expect(looking.map(({ file }) => file)).toEqual(['src/jobs/clock.ts']);
  });
});

describe('the adapters', () => {
  it('of the web never hear of an incident, but for the page itself', async () => {
    const files = (await filesOf('adapters/web')).filter(({ file }) => !file.includes('/ui/'));
    const hearing = files.filter(({ text }) => /from '#src\/(?:incident|engine|db)\//.test(text));
    expect(hearing.map(({ file }) => file)).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[^]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}
