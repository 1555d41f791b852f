import type { Activity } from 'botbuilder';

import type { Ask, Inbox, Outcome } from '#src/chat/platform.ts';

import { stale, type Asker } from './answer.ts';
import type { Core } from './core.ts';
import { argsFrom, FORM, type Offered } from './forms.ts';
import { PLATFORM } from './limits.ts';
import { askerOf } from './reading.ts';
import { OPENS_FORM, PICK, PRESS } from './render.ts';

/** A wish that was carried to the engine, and what came of it. */
export interface Wish {
  readonly asker: Asker;
  readonly outcome: Outcome;
}

/** What comes with a press or a dialog: from a person's device, so nothing in it is believed. */
export type Data = Readonly<Record<string, unknown>>;

export interface Wishes {
  asked(activity: Activity, ask: Ask): Promise<Wish>;
  /** A button, or an option of a menu. */
  pressed(activity: Activity, data: Data): Promise<Wish>;
  /** A form that was filled in. */
  sent(activity: Activity, data: Data): Promise<Wish>;
}

/** From what somebody wants to the engine. Whoever called shows what comes of it. */
export function makeWishes(core: Core): Wishes {
  const { forms, places, pens } = core;

  async function wish(asker: Asker, ask: Ask): Promise<Wish> {
    const { id, person, room } = asker;
    return { asker, outcome: await inboxOf(core).invoked({ id, person, room, ask }) };
  }

  return {
    async asked(activity, ask) {
      await places.learn(activity);
      return await wish(await askerOf(core, activity), ask);
    },
    async pressed(activity, data) {
      await places.learn(activity);
      const asker = await askerOf(core, activity);
      const picked = data[PICK];
      const key = typeof picked === 'string' ? data[picked] : data[PRESS];
      const saved = typeof key === 'string' ? await pens.presses.find(key) : null;
      if (!saved) return { asker, outcome: stale() };
      if (saved.command !== OPENS_FORM) return await wish(asker, { type: 'saved', ...saved });
      const offered = await forms.find(saved.args['form'], asker.person.id);
      if (!offered) return { asker, outcome: stale() };
      return { asker: whereAsked(asker, offered), outcome: { type: 'form', form: offered.form } };
    },
    async sent(activity, data) {
      await places.learn(activity);
      const asker = await askerOf(core, activity);
      const offered = await forms.find(data[FORM], asker.person.id);
      if (!offered) return { asker, outcome: stale() };
      const args = argsFrom(offered.form, data);
      return await wish(whereAsked(asker, offered), { type: 'form', command: offered.form.command, args });
    },
  };
}

/** @throws Error while the program starts or stops; the door is closed then, so this is a matter of moments */
export function inboxOf({ inbox }: Core): Inbox {
  const ear = inbox();
  if (!ear) throw new Error('the program is starting or stopping');
  return ear;
}

/** The same person's answer belongs to where the form was asked for. */
function whereAsked(asker: Asker, { room, conversation, forAll }: Offered): Asker {
  const isSame = conversation === asker.conversation;
  return {
    ...asker,
    room: room === null ? null : { platform: PLATFORM, id: room },
    conversation,
    forAll,
    isPersonal: isSame ? asker.isPersonal : room === null,
  };
}
