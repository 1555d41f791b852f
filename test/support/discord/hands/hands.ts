import {
  ComponentType as Type,
  InteractionType as Kind,
  PermissionFlagsBits as Bits,
} from 'discord-api-types/v10';

import { flat } from '#test/support/discord/checks/components.ts';
import { inputsOf } from '#test/support/discord/checks/modal.ts';
import type { Core } from '#test/support/discord/core.ts';
import { labelOf } from '#test/support/discord/eyes/seen.ts';
import type { Interaction } from '#test/support/discord/interactions.ts';
import type { Message } from '#test/support/discord/world.ts';
import type { FakePlatform } from '#test/support/fake-platform.ts';

import type { Asking } from './asking.ts';
import { giveCommand, pickEntry } from './commanding.ts';
import { complete } from './completing.ts';
import { press, submit } from './pressing.ts';
import { answer, erase, messageFor, placeFor, rewrite, togglePin, toggleReaction, write } from './writing.ts';

export type Hands = Pick<
  FakePlatform,
  | 'types'
  | 'presses'
  | 'fills'
  | 'completes'
  | 'shortcut'
  | 'pins'
  | 'reacts'
  | 'rewrites'
  | 'deletes'
  | 'shares'
  | 'answers'
>;

/** What people do, as far as Discord's app lets them. */
export function makeHands(core: Core, asking: Asking): Hands {
  return {
    types: async (who, room, line, { delivery } = {}) => {
      if (/^\/\S/.test(line)) {
        const channel = placeFor(core, who.id, room, Bits.UseApplicationCommands);
        await giveCommand(core, asking, { userId: who.id, channel, line, delivery });
      } else asking.once(delivery, () => void write(core, who.id, room, line));
    },
    presses: makePresses(core, asking),
    fills: async (who, answers, { delivery } = {}) => {
      await submit(core, asking, { userId: who.id, answers, delivery });
    },
    completes: async (who, room, typed) => {
      const channel = placeFor(core, who.id, room, Bits.UseApplicationCommands);
      return await complete(core, asking, { userId: who.id, channel, typed });
    },
    shortcut: async (who, { id }, label, { delivery } = {}) => {
      const { channel, message } = messageFor(core, who.id, id, Bits.UseApplicationCommands);
      await pickEntry(core, asking, { userId: who.id, channel, message, label, delivery });
    },
    pins: async (who, { id }, { delivery } = {}) => asking.once(delivery, () => togglePin(core, who.id, id)),
    reacts: async (who, { id }, emoji, { delivery, off = false } = {}) =>
      asking.once(delivery, () => toggleReaction(core, who.id, id, emoji, !off)),
    rewrites: async (who, { id }, text) => rewrite(core, who.id, id, text),
    deletes: async (who, { id }) => erase(core, who.id, id),
    shares: async (who, room, { name, type, bytes, words }) =>
      void write(core, who.id, room, words, [{ key: '0', name, type, bytes }]),
    answers: async (who, { id }, text) => void answer(core, who.id, id, text),
  };
}

/**
 * Who presses a button means it. Where the bot asks back, they say yes: to a private
 * answer that has a button of the same label, alone or beside one other, and to a
 * form without fields.
 */
function makePresses(core: Core, asking: Asking): Hands['presses'] {
  const pressed = new Map<string, string>();
  const asked = new Map<string, Promise<unknown>>();
  core.interactions.shown = ({ kind, userId, channelId: room, answered }: Interaction, message: Message) => {
    const buttons = flat(message.components).filter(
      (it) => it['type'] === Type.Button && it['disabled'] !== true,
    );
    const [label = '', no] = buttons.map(labelOf);
    const asksBack =
      message.onlyFor !== null && buttons.length <= 2 && label !== no && pressed.get(userId) === label;
    if (kind !== Kind.MessageComponent || !asksBack) return;
    pressed.delete(userId);
    asked.set(
      userId,
      answered.then(() => press(core, asking, { userId, room, label, delivery: undefined })),
    );
  };
  return async ({ id: userId }, room, label, { delivery } = {}) => {
    pressed.set(userId, label);
    await press(core, asking, { userId, room, label, delivery });
    await asked.get(userId);
    asked.delete(userId);
    const open = core.interactions.modals.get(userId);
    if (open && inputsOf(open.modal.components).length === 0) {
      await submit(core, asking, { userId, answers: {}, delivery: undefined });
    }
  };
}
