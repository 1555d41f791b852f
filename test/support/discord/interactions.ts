import { randomBytes } from 'node:crypto';

import {
  InteractionResponseType as Reply,
  InteractionType as Kind,
  MessageFlags as Flags,
} from 'discord-api-types/v10';

import type { Upload } from './call.ts';
import { checkMessage, type MessageBody } from './checks/message.ts';
import { checkModal, type ModalBody } from './checks/modal.ts';
import type { Core } from './core.ts';
import { found, need, Problems, refusal } from './errors.ts';
import { changeMessage, sendMessage } from './messages.ts';
import type { Json, Message } from './world.ts';

export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly kind: Kind;
  readonly userId: string;
  readonly channelId: string;
  /** That whose button was pressed, also for the form that came of it. */
  readonly source: Message | null;
  readonly createdMs: number;
  /** A form that comes of a button; an entry of a message's menu is of kind 2 and type 3. */
  readonly isMenu: boolean;
  state: 'sent' | 'answered' | 'dead';
  /** The answer that `@original` means. */
  originalId: string | null;
  deliveredAt: number | null;
  /** Settled with the first answer, or null when none came in time. */
  readonly answered: Promise<Callback | null>;
  settle(callback: Callback | null): void;
}

export interface Callback {
  readonly type: Reply;
  readonly data?: Json & { readonly flags?: number };
}

export interface OpenModal {
  readonly modal: ModalBody;
  readonly channelId: string;
  readonly source: Message | null;
}

/** The first answer must be there within so long. */
export const FIRST_MS = 3000;
/** So long does the token hold then. */
const TOKEN_MS = 15 * 60_000;

const ALLOWED: Readonly<Record<number, readonly Reply[]>> = {
  [Kind.ApplicationCommand]: [
    Reply.ChannelMessageWithSource,
    Reply.DeferredChannelMessageWithSource,
    Reply.Modal,
  ],
  [Kind.MessageComponent]: [
    Reply.ChannelMessageWithSource,
    Reply.DeferredChannelMessageWithSource,
    Reply.DeferredMessageUpdate,
    Reply.UpdateMessage,
    Reply.Modal,
  ],
  [Kind.ApplicationCommandAutocomplete]: [Reply.ApplicationCommandAutocompleteResult],
  [Kind.ModalSubmit]: [
    Reply.ChannelMessageWithSource,
    Reply.DeferredChannelMessageWithSource,
    Reply.DeferredMessageUpdate,
    Reply.UpdateMessage,
  ],
};

/** Commands, presses and forms on their way to the bot, and its answers. */
export class Interactions {
  readonly #all = new Map<string, Interaction>();
  /** The form that stands open for a person. */
  readonly modals = new Map<string, OpenModal>();
  readonly #firstMs: number;
  /** Told of every first answer, with the milliseconds it took. */
  readonly #acknowledged: (ms: number) => void;
  /** Told of every answer that people see, when it is there or has changed. */
  shown: (interaction: Interaction, message: Message) => void = () => {};

  constructor(firstMs: number, acknowledged: (ms: number) => void) {
    this.#firstMs = firstMs;
    this.#acknowledged = acknowledged;
  }

  make(
    given: Pick<Interaction, 'id' | 'kind' | 'userId' | 'channelId' | 'source' | 'createdMs' | 'isMenu'>,
  ): Interaction {
    const { promise, resolve } = Promise.withResolvers<Callback | null>();
    const interaction: Interaction = {
      ...given,
      token: randomBytes(48).toString('base64url'),
      state: 'sent',
      originalId: null,
      deliveredAt: null,
      answered: promise,
      settle: resolve,
    };
    this.#all.set(interaction.id, interaction);
    return interaction;
  }

  /** From now on its time runs. */
  delivered(interaction: Interaction): void {
    if (interaction.deliveredAt !== null) return;
    interaction.deliveredAt = performance.now();
    setTimeout(() => {
      if (interaction.state !== 'sent') return;
      interaction.state = 'dead';
      interaction.settle(null);
    }, this.#firstMs).unref();
  }

  /** The first answer to an interaction. Throws Refusal. */
  respond(core: Core, id: string, token: string, body: Callback, files: readonly Upload[]): Interaction {
    const interaction = found(this.#all.get(id), 10062);
    need(interaction.token === token && interaction.state !== 'dead', 10062);
    need(interaction.state === 'sent', 40060);
    checkCallback(interaction, body, files);
    this.#acknowledged(performance.now() - (interaction.deliveredAt ?? performance.now()));
    this.#apply(core, interaction, body, files);
    interaction.state = 'answered';
    interaction.settle(body);
    return interaction;
  }

  /** The interaction of a token that still holds. Throws Refusal. */
  byToken(core: Core, token: string): Interaction {
    const interaction = found(
      [...this.#all.values()].find((it) => it.token === token),
      50027,
    );
    const age = core.world.now().getTime() - interaction.createdMs;
    need(age < TOKEN_MS && interaction.state !== 'dead', 50027);
    need(interaction.state === 'answered', 10015);
    return interaction;
  }

  /** What `@original`, or an id, means to the holder of a token. Throws Refusal. */
  messageOf(core: Core, token: string, id: string): Message {
    const interaction = this.byToken(core, token);
    const message = found(
      core.world.messages.get(id === '@original' ? (interaction.originalId ?? '') : id),
      10008,
    );
    const isOwn = message.interaction?.id === interaction.id || message.id === interaction.originalId;
    need(isOwn, 10008);
    return message;
  }

  /** One more message; the first after a deferral takes its place. Throws Refusal. */
  followUp(core: Core, token: string, body: MessageBody, files: readonly Upload[]): Message {
    const interaction = this.byToken(core, token);
    checkMessage(body, files, { isInteraction: true, before: null });
    const waiting = core.world.messages.get(interaction.originalId ?? '');
    if (waiting && waiting.flags & Flags.Loading) {
      return this.#shown(interaction, changeMessage(core, waiting, body, files));
    }
    return this.#shown(interaction, this.#send(core, interaction, body, files));
  }

  /** Throws Refusal. */
  change(core: Core, token: string, id: string, body: MessageBody, files: readonly Upload[]): Message {
    const message = this.messageOf(core, token, id);
    checkMessage(body, files, { isInteraction: true, before: message.flags });
    return this.#shown(this.byToken(core, token), changeMessage(core, message, body, files));
  }

  #apply(
    core: Core,
    interaction: Interaction,
    { type, data = {} }: Callback,
    files: readonly Upload[],
  ): void {
    const body = data as MessageBody;
    if (type === Reply.ChannelMessageWithSource) {
      const sent = this.#send(core, interaction, body, files);
      interaction.originalId = sent.id;
      this.#shown(interaction, sent);
    } else if (type === Reply.DeferredChannelMessageWithSource) {
      const flags = Flags.Loading | ((body.flags ?? 0) & Flags.Ephemeral);
      interaction.originalId = this.#send(core, interaction, { flags }, []).id;
    } else if (type === Reply.DeferredMessageUpdate) {
      interaction.originalId = interaction.source?.id ?? null;
    } else if (type === Reply.UpdateMessage) {
      const source = found(interaction.source, 10008);
      interaction.originalId = source.id;
      this.#shown(interaction, changeMessage(core, source, body, files));
    } else if (type === Reply.Modal) {
      const { channelId, source } = interaction;
      this.modals.set(interaction.userId, { modal: data as unknown as ModalBody, channelId, source });
    }
  }

  #send(core: Core, interaction: Interaction, body: MessageBody, files: readonly Upload[]): Message {
    const { id, kind, userId, source, isMenu } = interaction;
    const isPrivate = ((body.flags ?? 0) & Flags.Ephemeral) !== 0;
    return sendMessage(core, {
      channel: found(core.world.channels.get(interaction.channelId), 10003),
      authorId: core.world.botId,
      body,
      files,
      type: kind === Kind.ApplicationCommand ? (isMenu ? 23 : 20) : 0,
      onlyFor: isPrivate ? userId : null,
      interaction: { id, type: kind, userId },
      reference:
        source && kind !== Kind.ApplicationCommand
          ? { channelId: source.channelId, messageId: source.id }
          : null,
    });
  }

  #shown(interaction: Interaction, message: Message): Message {
    this.shown(interaction, message);
    return message;
  }
}

function checkCallback(interaction: Interaction, { type, data }: Callback, files: readonly Upload[]): void {
  const { kind, source } = interaction;
  const isUpdate = type === Reply.UpdateMessage || type === Reply.DeferredMessageUpdate;
  if (!ALLOWED[kind]?.includes(type) || (isUpdate && !source)) {
    const problems = new Problems();
    problems.add(
      'type',
      'INTERACTION_CALLBACK_TYPE_INVALID',
      `An interaction of type ${kind} is not answered by ${type}.`,
    );
    problems.check();
  }
  if (type === Reply.ChannelMessageWithSource) {
    checkMessage(data ?? {}, files, { isInteraction: true, before: null });
  }
  if (type === Reply.UpdateMessage) {
    checkMessage(data ?? {}, files, { isInteraction: true, before: source?.flags ?? 0 });
  }
  if (type === Reply.Modal) {
    if (!data) throw refusal(50035);
    checkModal(data as unknown as ModalBody);
  }
  if (type === Reply.ApplicationCommandAutocompleteResult) checkChoices(data);
}

function checkChoices(data: Json | undefined): void {
  const choices = (data?.['choices'] ?? []) as readonly {
    readonly name: string;
    readonly value: string | number;
  }[];
  const problems = new Problems();
  problems.count('data.choices', choices, 0, 25);
  for (const [index, { name, value }] of choices.entries()) {
    problems.length(`data.choices.${index}.name`, name, 1, 100);
    if (typeof value === 'string') problems.length(`data.choices.${index}.value`, value, 1, 100);
  }
  problems.check();
}
