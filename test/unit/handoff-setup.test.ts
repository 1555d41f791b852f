import { describe, expect, it } from 'vitest';

import { UserError } from '#src/errors.ts';
import { HANDOFF_DEFAULTS } from '#src/oncall/handoff.ts';
import { readFile } from '#src/setup/document.ts';
import { wantedFrom } from '#src/setup/wanted.ts';
import { ana } from '#test/support/oncall.ts';
import { NOTHING } from '#test/support/setup.ts';

const FILE = (handoff: string) => `version: 1
people: { ana: {}, ben: {} }
schedules:
  payments:
    layers: [{ people: [ana, ben] }]
${handoff}`;

function read(handoff: string) {
  return wantedFrom(readFile(FILE(handoff)), NOTHING, ana).schedules[0];
}

function refusal(handoff: string): string {
  try {
    read(handoff);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('the hand-offs of a schedule in the file', () => {
  it('are read, and are as usual where nothing is said', () => {
    expect(read('')).not.toHaveProperty('handoff');
    expect(read('    handoff: { acceptance: false }')).not.toHaveProperty('handoff');
    const said = `    handoff: { rooms: [slack/C024], acceptance: true, grace: 10m, backup: person:ben, reminders: [1d, 15m] }
    groups: { slack: S024 }`;
    expect(read(said)).toMatchObject({
      handoff: {
        ...HANDOFF_DEFAULTS,
        rooms: ['slack/C024'],
        acceptance: true,
        grace: 600_000,
        backup: { kind: 'person', id: 'ben' },
        reminders: [86_400_000, 900_000],
      },
      groups: { slack: 'S024' },
    });
  });

  it('are refused with a sentence that says what to change', () => {
    expect(refusal('    handoff: { backup: ben }')).toContain('write it like person:ana');
    expect(refusal('    handoff: { backup: person:bem }')).toContain('there is no person "bem"');
    expect(refusal('    handoff: { rooms: [general] }')).toContain('Write the platform and the room');
    expect(refusal('    handoff: { grace: 2d }')).toContain('The grace time is from 1 minute to 1 day long');
    expect(refusal('    handoff: { reminders: [1h, 60m] }')).toContain('Two reminders come at the same time');
    expect(refusal('    handoff: { remind: [1h] }')).toContain('did you mean reminders?');
    expect(refusal('    groups: { Slack: S024 }')).toContain('write the name of a chat platform');
  });
});
