import { describe } from 'vitest';

import { databaseKind } from '#test/support/database.ts';

import { commandContract } from './chat-platform-commands.ts';
import { deliveryContract } from './chat-platform-deliveries.ts';
import { everyCommandContract } from './chat-platform-every-command.ts';
import { formContract } from './chat-platform-forms.ts';
import { hostileContract } from './chat-platform-hostile.ts';
import { limitContract } from './chat-platform-limits.ts';
import { manyHostileContract } from './chat-platform-many-hostile.ts';
import { fileContract, messageContract, peopleContract } from './chat-platform-messages.ts';
import { roomContract } from './chat-platform-rooms.ts';
import { saidContract } from './chat-platform-said.ts';
import type { SeenTest } from './chat-platform-seen.ts';
import { textContract } from './chat-platform-text.ts';
import { troubleContract } from './chat-platform-trouble.ts';

/** What every chat platform must do, whatever it looks like. Each adapter's test calls this. */
export function chatPlatformContract(name: string, it: SeenTest): void {
  for (const [what, contract] of Object.entries(EVERYWHERE)) {
    together(what)(`${name} keeps the chat platform contract: ${what}`, () => {
      contract(it);
    });
  }
}

/** And what one must do besides that is reached over a network, where all kinds of things go wrong. */
export function farPlatformContract(name: string, it: SeenTest): void {
  for (const [what, contract] of Object.entries(FAR_AWAY)) {
    together(what)(`${name} keeps the contract of platforms that are far away: ${what}`, () => {
      contract(it);
    });
  }
}

/**
 * Most of their time is spent in waiting, but for those that draw much. Side by side they need a database
 * each, which the built-in one is not.
 */
function together(what: string) {
  return databaseKind === 'postgres' && !what.includes('hostile') ? describe.concurrent : describe;
}

const EVERYWHERE = {
  rooms: roomContract,
  messages: messageContract,
  files: fileContract,
  people: peopleContract,
  commands: commandContract,
  'every command': everyCommandContract,
  forms: formContract,
  'what people say': saidContract,
  'text is data': textContract,
  'hostile text': hostileContract,
  'much hostile text': manyHostileContract,
  limits: limitContract,
};

const FAR_AWAY = { trouble: troubleContract, deliveries: deliveryContract };
