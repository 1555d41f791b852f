import { describe, expect } from 'vitest';

import { say } from '#src/chat/message.ts';
import type { ChatPlatform } from '#src/chat/platform.ts';
import type { Db } from '#src/db/schema.ts';
import { formOf } from '#test/support/form.ts';
import { SHAPES, slackOn, test as it, WANTED, type StartedSlack } from '#test/support/slack-adapter.ts';
import { soon } from '#test/support/soon.ts';

/** So much is known already that Slack has no place for it in the form. */
const form = { ...formOf({}), known: { incident: 'INC-1', words: 'w'.repeat(4000) } };

describe('what is not known any more', () => {
  /** What this process has kept itself it knows without asking: another one takes over. */
  async function forgotten(slack: StartedSlack, db: Db): Promise<ChatPlatform> {
    await db.deleteFrom('platformState').where('key', 'like', '%press:%').execute();
    await slack.platform.stop();
    const { platform } = slackOn(db, slack.fake);
    await platform.start(slack.inbox, SHAPES);
    await platform.socket?.open();
    return platform;
  }

  it('is said of a button of another day', async ({ slack, db }) => {
    const { fake, inbox, platform } = slack;
    const { ana, bo } = fake.people;
    const room = await platform.openRoom(WANTED);
    const button = { label: 'Acknowledge', command: 'ack', args: {}, style: 'primary' } as const;
    await platform.post(room, say('INC-1', { type: 'buttons', buttons: [button] }), { key: 'k1' });
    const next = await forgotten(slack, db);
    await fake.presses(ana, room.id, 'Acknowledge');
    const said = await soon('it is said', () =>
      fake.messages(ana, room.id).find(({ text }) => text.includes('not known any more')),
    );
    expect(said.private).toBe(true);
    expect(fake.messages(bo, room.id)).toHaveLength(1);
    expect(inbox.invocations).toEqual([]);
    await next.stop();
  });

  it('is said in the place of a form whose other half is gone', async ({ slack, db }) => {
    const { fake, inbox, platform } = slack;
    const { ana } = fake.people;
    const room = await platform.openRoom(WANTED);
    inbox.outcome = async () => ({ type: 'form', form });
    await fake.types(ana, room.id, '/incident resolve INC-1');
    await soon('the form is open', () => fake.form(ana));
    const next = await forgotten(slack, db);
    await fake.fills(ana, { how: 'rolled back' });
    await soon('it says so', () => fake.modal(ana)?.text.includes('not known any more'));
    expect(inbox.invocations).toHaveLength(1);
    await next.stop();
  });
});
