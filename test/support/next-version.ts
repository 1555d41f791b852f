import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { makeTemporaryFolder, removeFolder } from './temporary.ts';

const HERE = path.join(import.meta.dirname, '../..');
/** What the program is made of; it finds the rest through links. */
const COPIED = ['src', 'adapters', 'commands', 'migrations', 'manifests'];
const LINKED = ['node_modules', 'dist'];

interface NextVersion {
  /** Its main file. */
  readonly main: string;
  readonly remove: () => void;
}

/** This program as a release to come may be: another version, and more migrations. */
export function nextVersion(version: string, migrations: Readonly<Record<string, string>>): NextVersion {
  const folder = makeTemporaryFolder();
  for (const it of COPIED) cpSync(path.join(HERE, it), path.join(folder, it), { recursive: true });
  rmSync(path.join(folder, 'adapters/web/ui'), { recursive: true, force: true });
  for (const it of LINKED) symlinkSync(path.join(HERE, it), path.join(folder, it));
  const manifest = JSON.parse(readFileSync(path.join(HERE, 'package.json'), 'utf8')) as object;
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ ...manifest, version }));
  const index = path.join(folder, 'migrations/index.ts');
  const imports: string[] = [];
  const lines: string[] = [];
  for (const [name, text] of Object.entries(migrations)) {
    writeFileSync(path.join(folder, `migrations/${name}.ts`), text);
    imports.push(`import * as next${imports.length} from './${name}.ts';\n`);
    lines.push(`  '${name}': next${lines.length},\n`);
  }
  const text = readFileSync(index, 'utf8').replace(/};\n$/, `${lines.join('')}};\n`);
  writeFileSync(index, imports.join('') + text);
  return { main: path.join(folder, 'src/main.ts'), remove: () => removeFolder(folder) };
}
