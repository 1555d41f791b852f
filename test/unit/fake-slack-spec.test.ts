import { describe, expect, it } from 'vitest';

import { METHODS } from '#test/support/slack/methods.ts';
import { brokenSpec, hasSpec } from '#test/support/slack/spec.ts';

/** What is said where the official description is there, and nothing where it is not. */
const said = (...lines: readonly string[]) => (hasSpec() ? lines : []);

describe('the official description of the Web API, in the fake Slack', () => {
  it('finds arguments that are misspelt, missing or of the wrong kind', () => {
    const broken = (name: string, args: Readonly<Record<string, string>>) =>
      brokenSpec(name, new Map(Object.entries(args)));
    expect(broken('chat.postMessage', { chanel: 'C1' })).toEqual(
      said('the specification requires channel', 'the specification has no chanel'),
    );
    expect(broken('conversations.create', { name: 'x', is_private: 'maybe' })).toEqual(
      said('the specification wants is_private to be a boolean: maybe'),
    );
    expect(broken('conversations.list', { limit: 'many' })).toHaveLength(hasSpec() ? 1 : 0);
    expect(broken('chat.postMessage', { channel: 'C1', text: 'x', metadata: '{}' })).toEqual([]);
    expect(broken('bookmarks.add', { anything: 'goes' })).toEqual([]);
  });

  it('requires nothing that the fake does not require, too', () => {
    for (const [name, { args }] of Object.entries(METHODS)) {
      const required = args
        .split(' ')
        .filter((word) => word.endsWith('!'))
        .map((word) => [word.slice(0, -1), '1'] as const);
      const missing = brokenSpec(name, new Map(required)).filter((line) => line.includes('requires'));
      expect({ name, missing }).toEqual({ name, missing: [] });
    }
  });
});
