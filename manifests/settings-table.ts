import { z } from 'zod';

import { SETTINGS } from '#src/config.ts';

const BLOCK = /<!-- settings -->[^]*<!-- \/settings -->/;

/** The README with its table of settings as the code has them. */
export function withSettings(readme: string): string {
  const rows = Object.entries(SETTINGS).map(
    ([name, { help, schema }]) =>
      `| \`${name}\` | ${help.replaceAll('|', String.raw`\|`)} | ${defaultOf(schema)} |`,
  );
  const table = ['| setting | what it means | default |', '| --- | --- | --- |', ...rows].join('\n');
  return readme.replace(BLOCK, () => `<!-- settings -->\n${table}\n<!-- /settings -->`);
}

function defaultOf(schema: z.ZodType): string {
  let inner: z.ZodType = schema;
  // A transformed or refined setting has its default further in.
  while (inner instanceof z.ZodPipe) inner = inner.in as z.ZodType;
  const value = inner instanceof z.ZodDefault ? String(inner.def.defaultValue) : '';
  return value === '' ? '' : `\`${value}\``;
}
