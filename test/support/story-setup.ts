import { expect } from 'vitest';

import type { Story } from './story.ts';

/** Has the file applied, as an admin would. */
export async function isSetUp(story: Story, file: string): Promise<void> {
  const applied = await story.bot.call('POST', '/api/v1/config/apply', { file });
  expect(applied).toMatchObject({ status: 200, body: { applied: true } });
}
