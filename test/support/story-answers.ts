import { expect } from 'vitest';

import type { Scenario, Story } from './story.ts';

const inPrivate: Scenario = {
  title: 'who comes late catches up, and nobody else reads it',
  async play(story) {
    const room = await declared(story, 'checkout is down');
    await story.types('bo', room, '/incident catchup');
    await story.reads('bo', room, 'You have not looked at it before');
    await story.types('ana', room, '/incident note the provider has an outage');
    await story.keeps(1, 'the provider has an outage');
    await story.types('bo', room, '/incident catchup');
    await story.reads('bo', room, /Since you last looked, \d+ thing/);
    for (const other of ['ana', 'cy'] as const) {
      expect(story.readable(other, room)).not.toMatch(/You have not looked|Since you last looked/);
    }
  },
};

const wrongRoom: Scenario = {
  title: 'a command outside of the room of its incident asks which one is meant',
  async play(story) {
    await declared(story, 'checkout is down');
    await story.types('bo', story.lobby, '/incident declare search is slow --severity P2');
    const second = await story.room(2);
    await story.types('bo', story.lobby, '/incident ack');
    await story.reads('bo', story.lobby, 'Which incident do you mean?');
    await story.presses('bo', story.lobby, 'INC-2 P2 search is slow');
    await story.becomes(2, 'ACKNOWLEDGED');
    await story.cardOffers(second, 'Start');
    expect(await story.incident(1)).toMatchObject({ status: 'NEW' });
  },
};

const wrongRole: Scenario = {
  title: 'who may not do something is told so, and it is not done',
  async play(story) {
    const room = await declared(story, 'checkout is down');
    await story.presses('cy', room, 'Acknowledge');
    await story.reads('cy', room, /ack.* is for responders and admins/i);
    await story.types('cy', room, '/incident resolve');
    await story.reads('cy', room, /resolve.* is for responders and admins/i);
    expect(story.readable('bo', room)).not.toMatch(/is for responders/);
    expect(await story.incident(1)).toMatchObject({ status: 'NEW', assigned_to: null });
  },
};

const typo: Scenario = {
  title: 'a typing mistake is understood, and put right by a button',
  async play(story) {
    const room = await declared(story, 'checkout is down');
    if (story.stage.takesAnyWord) {
      await story.types('bo', room, '/incident akc');
      await story.reads('bo', room, 'Did you mean ack?');
      await story.presses('bo', room, '/incident ack');
    } else {
      await story.types('bo', room, '/incident ack');
    }
    await story.becomes(1, 'ACKNOWLEDGED');
    await story.types('bo', room, '/incident assign @anna');
    await story.reads('bo', room, /Did you mean .*ana/i);
    expect(await story.incident(1)).toMatchObject({ assigned_to: 'bo' });
  },
};

const twoAtOnce: Scenario = {
  title: 'two people press the same button: one gets it, and the other is told who',
  isRace: true,
  async play(story) {
    const room = await declared(story, 'checkout is down');
    await story.cardOffers(room, 'Acknowledge');
    const pressed = await Promise.allSettled([
      story.presses('bo', room, 'Acknowledge'),
      story.presses('ana', room, 'Acknowledge'),
    ]);
    await story.becomes(1, 'ACKNOWLEDGED');
    await story.cardOffers(room, 'Start');
    const { assigned_to: holder } = await story.incident(1);
    const [first, second] = holder === 'bo' ? (['Bo Chen', 'ana'] as const) : (['Ana Lima', 'bo'] as const);
    // Where the button went away under the finger there is nothing more to say.
    if (pressed.every(({ status }) => status === 'fulfilled')) {
      await story.reads(second, room, `${first} has INC-1 since`);
    }
    await story.types('ana', room, '/incident assign nobody');
    await story.waits('nobody has it', async () => (await story.incident(1))['assigned_to'] === null);
    const acks = (await story.timeline(1)).filter(({ event_type: type }) => /acknowledged/i.test(type));
    expect(acks).toHaveLength(1);
  },
};

const stale: Scenario = {
  title: 'a button that means nothing any more says so',
  async play(story) {
    const room = await declared(story, 'checkout is down');
    await story.types('bo', room, '/incident resolve rolled back');
    await story.reads('bo', room, 'INC-1 is resolved by Bo Chen');
    await story.cardOffers(room, 'Close');
    await story.types('ana', room, '/incident reopen');
    await story.cardOffers(room, 'Resolve');
    // The closing word still stands there with its buttons.
    await story.presses('bo', room, 'Reopen');
    await story.reads('bo', room, /INC-1 is .*cannot be reopened|not resolved|open already/i);
    expect(await story.incident(1)).toMatchObject({ status: 'IN_PROGRESS' });
  },
};

const strangers: Scenario = {
  title: 'who is known to nobody is told how to become somebody, and can do nothing',
  async play(story) {
    const room = await declared(story, 'checkout is down');
    if (!story.stage.hasGuests) return;
    await story.types('guest', story.lobby, '/incident ack INC-1');
    await story.reads('guest', story.lobby, 'I do not know you yet');
    expect(story.readable('bo', room)).not.toContain('I do not know you yet');
    expect(await story.incident(1)).toMatchObject({ status: 'NEW' });
  },
};

const homes: Scenario = {
  title: "a person's own page shows what is theirs",
  async play(story) {
    const room = await declared(story, 'checkout is down');
    await story.types('bo', room, '/incident ack');
    await story.becomes(1, 'ACKNOWLEDGED');
    await story.fake.opensHome(story.person('bo'));
    const page = await story.waits('the page of Bo', () => {
      const shown = story.fake.home(story.person('bo'));
      return shown?.text.includes('INC-1') ? shown : null;
    });
    expect(page.text).toContain('checkout is down');
    expect(page.buttons).toContain('Declare an incident');
  },
};

const secret: Scenario = {
  title: 'a private incident is seen by those who are in it, and by nobody else',
  async play(story) {
    await declared(story, 'checkout is down');
    // What somebody types may be seen by all; what they enter in a form is not.
    await story.types('bo', story.lobby, '/incident declare --private yes');
    await story.fills('bo', /^Declare/, { title: 'payroll was read', severity: 'P1' });
    await story.waits('the private incident', async () => (await story.incident(2))['private'] === true);
    if (story.limits.privateRooms) await story.room(2, 'bo');
    await story.rests();
    const found = story.fake.rooms(story.person('cy')).map(({ name, topic }) => `${name} ${topic}`);
    expect(found.join('\n')).not.toMatch(/payroll|\binc-2\b/i);
    expect(story.readable('cy', story.lobby)).not.toMatch(/payroll|\bINC-2\b/i);
    await story.types('cy', story.lobby, '/incident show INC-2');
    await story.reads('cy', story.lobby, 'There is no INC-2');
    expect(story.readable('cy', story.lobby)).not.toMatch(/payroll/i);
  },
};

export const ANSWERS: readonly Scenario[] = [
  inPrivate,
  wrongRoom,
  wrongRole,
  typo,
  twoAtOnce,
  stale,
  strangers,
  homes,
  secret,
];

/** Bo declares it in the lobby; what comes back is its room. */
async function declared(story: Story, title: string): Promise<string> {
  await story.types('bo', story.lobby, `/incident declare ${title} --severity P1`);
  return await story.room(1);
}
