import { expect } from 'vitest';

import { ANSWERS } from './story-answers.ts';
import type { Scenario, Story } from './story.ts';

const CHECKOUT_DOWN = {
  source: 'uptime',
  timestamp: '2026-03-01T08:00:00Z',
  event_type: 'alert',
  category: 'availability',
  title: 'Checkout answers with errors',
  description: '37 % of requests fail',
  severity: 'critical',
  resource: { type: 'service', id: 'checkout', name: 'checkout', metadata: {} },
};

const byButtons: Scenario = {
  title: 'an incident is declared by command, and run to its end by buttons',
  async play(story) {
    await story.types('bo', story.lobby, '/incident declare checkout is down --severity P1');
    const room = await story.room(1);
    await story.reads('cy', story.lobby, /INC-1 P1 checkout is down · new/);
    await story.presses('bo', room, 'Acknowledge');
    await story.cardOffers(room, 'Start');
    await story.presses('bo', room, 'Start');
    await story.becomes(1, 'IN_PROGRESS');
    await story.presses('bo', room, 'Assign');
    await story.fills('bo', /^Assign INC-1/, { to: 'Ana Lima' });
    await story.reads('bo', room, /INC-1 is with @?ana/i);
    await story.presses('ana', room, 'Escalate');
    await story.becomes(1, 'ESCALATED');
    await story.cardOffers(room, 'Start');
    await story.presses('ana', room, 'Resolve');
    await story.cardOffers(room, 'Close');
    await story.presses('ana', room, 'Close');
    await story.cardOffers(room, 'Reopen');
    await story.reads('cy', story.lobby, /INC-1 P1 checkout is down · closed/);
    expect(await story.incident(1)).toMatchObject({ status: 'CLOSED', assigned_to: 'ana' });
  },
};

const byCommands: Scenario = {
  title: 'an incident is declared by a form, and run to its end by commands',
  async play(story) {
    await story.types('bo', story.lobby, '/incident declare');
    const form = await story.fills('bo', /^Declare/, { title: 'search is slow', severity: 'P2' });
    expect(form.fields.map(({ name }) => name).slice(0, 3)).toEqual(['title', 'severity', 'impact']);
    const room = await story.room(1);
    await story.types('bo', room, '/incident ack');
    await story.becomes(1, 'ACKNOWLEDGED');
    await story.types('bo', room, `/incident assign <@${story.person('ana').id}>`);
    await story.reads('bo', room, /INC-1 is with @?ana/i);
    await story.types('ana', room, '/incident escalate because the index is broken too');
    await story.becomes(1, 'ESCALATED');
    await story.types('bo', room, '/incident resolve rebuilt the index --cause "a bad deploy"');
    await story.becomes(1, 'RESOLVED');
    await story.reads('cy', room, 'INC-1 is resolved by Bo Chen');
    await story.cardOffers(room, 'Close');
    expect(await story.incident(1)).toMatchObject({
      severity: 'P2',
      assigned_to: 'ana',
      resolution: { root_cause: 'a bad deploy', resolution_notes: 'rebuilt the index' },
    });
  },
};

const keepingNotes: Scenario = {
  title: 'an alert opens a room, and what people keep goes to the timeline',
  async play(story) {
    await story.bot.posts('generic', CHECKOUT_DOWN);
    const room = await story.room(1);
    await story.types('bo', room, '/incident ack');
    await story.becomes(1, 'ACKNOWLEDGED');
    const shortcut = { shortcut: 'Add to timeline' };
    const { pins, reactions } = story.limits;
    await keeps(story, room, 'the disk of db-3 is full', pins ? 'pin' : shortcut);
    await keeps(story, room, 'vendor ticket 8812 is open', reactions ? { emoji: '📝' } : shortcut);
    await keeps(story, room, 'rolled back to v41', shortcut);
    // Who keeps the words of another keeps them in that one's name.
    if (pins) await story.keeps(1, 'the disk of db-3 is full (said by Cy Rossi)');
    await story.keeps(1, 'rolled back to v41 (said by Cy Rossi)');
    if (reactions) await story.keeps(1, 'vendor ticket 8812 is open (said by Cy Rossi)');
    await story.types('bo', room, '/incident resolve freed the disk');
    await story.cardOffers(room, 'Close');
  },
};

/** Cy says something, and Bo keeps it: by what the platform has for it. */
async function keeps(
  story: Story,
  room: string,
  text: string,
  mark: Parameters<Story['marks']>[2],
): Promise<void> {
  await story.types('cy', room, text);
  const said = await story.reads('bo', room, text);
  await story.marks('bo', said, mark);
  await story.keeps(1, text);
}

const declaredFromMessage: Scenario = {
  title: "an incident is declared from somebody's message",
  async play(story) {
    await story.types('cy', story.lobby, 'is it only me or is the search slow?');
    const said = await story.reads('bo', story.lobby, 'is it only me or is the search slow?');
    await story.marks('bo', said, { shortcut: 'Declare from message' });
    const form = await story.opened('bo', /^Declare/);
    expect(form.fields[0]).toMatchObject({ name: 'title', value: 'is it only me or is the search slow?' });
    await story.fills('bo', /^Declare/, { title: 'search is slow', severity: 'P3' });
    const room = await story.room(1);
    expect(story.card(room)?.text).toContain('search is slow');
  },
};

const commandsOfAllKinds: Scenario = {
  title: 'what is known of an incident is changed by every command that changes it',
  async play(story) {
    await story.types('bo', story.lobby, '/incident declare checkout is down --severity P2');
    const room = await story.room(1);
    for (const line of [
      'ack',
      'start',
      'severity P1 half of Europe cannot pay',
      `role commander <@${story.person('bo').id}>`,
      'tag region=eu',
      'edit --title "checkout is down in Europe"',
      'update we roll back --next 30m',
      'note the provider confirms it',
      'escalate',
      'deescalate',
      'assign nobody',
    ]) {
      const before = (await story.timeline(1)).length;
      await story.types('bo', room, `/incident ${line}`);
      await story.waits(
        `the timeline grows by "${line}"`,
        async () => (await story.timeline(1)).length > before,
      );
    }
    await story.waits('the card says all of it', () => {
      const { text = '' } = story.card(room) ?? {};
      return ['checkout is down in Europe', 'P1', 'region=eu', 'we roll back', 'Nobody yet'].every((it) =>
        text.includes(it),
      );
    });
  },
};

/** The one that touches most. */
export const SHORT = byButtons;

/** Each of them can be told on any platform, and ends the same. */
export const SCENARIOS: readonly Scenario[] = [
  byButtons,
  byCommands,
  keepingNotes,
  declaredFromMessage,
  commandsOfAllKinds,
  ...ANSWERS,
];
