import { expect } from 'vitest';

import { realClock } from '#src/jobs/clock.ts';

import { handedOver } from './story-handoff.ts';
import { isSetUp } from './story-setup.ts';
import type { Scenario } from './story.ts';

const MINUTE = 60_000;

/** Ana is on call, then Bo, then Cy; each has a minute. */
const SETUP = `
teams:
  payments: { members: [ana, bo, cy], schedule: payments, policy: payments }
schedules:
  payments:
    layers: [{ people: [ana] }]
policies:
  payments:
    levels:
      - { targets: [schedule:payments], wait: 1m }
      - { targets: [person:bo], wait: 1m }
      - { targets: [person:cy], wait: 1m }
default_policy: payments
`;

const upThreeLevels: Scenario = {
  title:
    'an incident that nobody takes is told to three people, one after the other, until somebody takes it',
  async play(story) {
    await isSetUp(story, SETUP);
    await story.types('bo', story.lobby, '/incident declare checkout is down --severity P2');
    const room = await story.room(1);
    await story.reads('ana', story.lobby, /INC-1 P2 checkout is down[^]*Ana Lima has the shift/);
    await story.reads('bo', room, /Level 1[^]*paged @?Ana/i);
    expect(story.directly('bo')).not.toContain('checkout is down');
    await story.passes(MINUTE + 1000);
    await story.waits('Bo is paged', () => story.directly('bo').includes('INC-1 P2 checkout is down'));
    expect(story.directly('cy')).not.toContain('checkout is down');
    await story.passes(MINUTE + 1000);
    await story.waits('Cy is paged', () => story.directly('cy').includes('INC-1 P2 checkout is down'));
    await story.presses('bo', story.lobby, 'Acknowledge');
    await story.becomes(1, 'IN_PROGRESS');
    await story.passes(5 * MINUTE);
    expect(await story.incident(1)).toMatchObject({ assigned_to: 'bo' });
    const paged = (await story.timeline(1)).filter(({ event_type: type }) => type === 'notification_sent');
    expect(paged).toHaveLength(3);
  },
};

const cover: Scenario = {
  title: 'a shift that somebody asks for is taken by another, who is on call then',
  async play(story) {
    const yesterday = new Date(realClock.now().getTime() - 24 * 60 * MINUTE).toISOString().slice(0, 16);
    const weekly = `[{ people: [ana, bo], rotation: { every: 1 week, start: ${yesterday} } }]`;
    await isSetUp(story, SETUP.replace('[{ people: [ana] }]', weekly));
    await story.types('ana', story.lobby, '/incident cover me because of the dentist');
    await story.reads('bo', story.lobby, /Ana Lima asks somebody to take the shift of Payments/i);
    await story.presses('bo', story.lobby, 'Take it');
    await story.reads('ana', story.lobby, /Bo Chen takes your shift of Payments/i);
    await story.types('ana', story.lobby, '/incident cover open');
    await story.reads('ana', story.lobby, 'Nobody asks for a shift to be taken');
  },
};

const explained: Scenario = {
  title: 'people are told why they were paged, and whom a failure would page',
  async play(story) {
    await isSetUp(story, SETUP);
    await story.types('bo', story.lobby, '/incident simulate checkout --severity P2');
    await story.reads('bo', story.lobby, /Ana Lima[^]*Bo Chen[^]*Cy Rossi/);
    await story.types('bo', story.lobby, '/incident oncall');
    await story.reads('bo', story.lobby, /Payments: @?Ana/i);
    await story.types('bo', story.lobby, '/incident declare checkout is down --severity P2');
    const room = await story.room(1);
    await story.waits('Ana is paged', () => story.directly('ana').includes('INC-1 P2 checkout is down'));
    await story.types('ana', room, '/incident why');
    await story.reads('ana', room, /Ana Lima has the shift/);
    await story.types('bo', room, `/incident why INC-1 <@${story.person('cy').id}>`);
    await story.reads('bo', room, /Cy Rossi was not paged/i);
    await story.types('ana', room, '/incident ack');
    await story.becomes(1, 'ACKNOWLEDGED');
    await story.cardOffers(room, 'Start');
  },
};

/** What people on call live through; told on each platform. */
export const ON_CALL: readonly Scenario[] = [upThreeLevels, cover, explained, handedOver];
