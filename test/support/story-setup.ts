import { expect } from 'vitest';

import type { Story } from './story.ts';

/** Those who are in every story, as `introduce` knows them. */
const PEOPLE = `
version: 1
people:
  ana: { name: Ana Lima, role: admin, email: ana@example.com }
  bo: { name: Bo Chen, role: responder, email: bo@example.com }
  cy: { name: Cy Rossi, role: viewer, email: cy@example.com }`;

/** Has a file of these sections applied, as an admin would; the people are in it. */
export async function isSetUp(story: Story, sections: string): Promise<void> {
  const file = `${PEOPLE}${sections}`;
  const applied = await story.bot.call('POST', '/api/v1/config/apply', { file });
  expect(applied).toMatchObject({ status: 200, body: { applied: true } });
}
