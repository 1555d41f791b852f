import type { InteractionType as Kind } from 'discord-api-types/v10';
import { GatewayDispatchEvents as Events, PermissionFlagsBits as Bits } from 'discord-api-types/v10';

import type { Core } from '#test/support/discord/core.ts';
import type { Deliveries } from '#test/support/discord/deliveries.ts';
import type { Event } from '#test/support/discord/events.ts';
import type { Callback, Interaction } from '#test/support/discord/interactions.ts';
import { messageJson } from '#test/support/discord/message-view.ts';
import { can, channelBits } from '#test/support/discord/permissions.ts';
import { interactionChannelJson, memberJson, userJson } from '#test/support/discord/views.ts';
import type { Channel, Json, Message } from '#test/support/discord/world.ts';

export interface Asked {
  readonly kind: Kind;
  readonly userId: string;
  readonly channel: Channel;
  readonly data: Json;
  /** That whose button is pressed, also for a form that came of it. */
  readonly source?: Message | null;
  readonly isMenu?: boolean;
}

/** What people ask of the bot, on its way there: the same again goes by the name of its delivery. */
export class Asking {
  readonly #core: Core;
  readonly #deliveries: Deliveries;
  readonly #before = new Map<string, readonly Event[]>();

  constructor(core: Core, deliveries: Deliveries) {
    this.#core = core;
    this.#deliveries = deliveries;
  }

  /** Does it, or delivers what the bot was told of it again where it was done under this name before. */
  once(delivery: string | undefined, act: () => void): void {
    const before = delivery === undefined ? undefined : this.#before.get(delivery);
    if (before) {
      for (const event of before) this.#deliveries.deliver(event);
      return;
    }
    const events = this.#deliveries.recorded(act).filter((it) => it.byPeople);
    if (delivery !== undefined) this.#before.set(delivery, events);
  }

  /** Sends an interaction and waits until it is answered; what waits on purpose is not waited for. */
  async ask(
    asked: Asked,
    delivery?: string,
  ): Promise<{ interaction: Interaction; callback: Callback | null } | null> {
    const again = delivery === undefined ? undefined : this.#before.get(delivery);
    if (again) {
      for (const event of again) this.#deliveries.deliver(event);
      return null;
    }
    const { interaction, event } = this.#make(asked);
    if (delivery !== undefined) this.#before.set(delivery, [event]);
    this.#deliveries.deliver(event, () => this.#core.interactions.delivered(interaction));
    if (this.#deliveries.isHolding) return null;
    const callback = await interaction.answered;
    if (!callback) {
      throw new Error(`The application did not respond to ${JSON.stringify(asked.data).slice(0, 200)}`);
    }
    return { interaction, callback };
  }

  #make({ kind, userId, channel, data, source = null, isMenu = false }: Asked): {
    interaction: Interaction;
    event: Event;
  } {
    const { world, interactions, cdn } = this.#core;
    if (!can(world, userId, channel, Bits.UseApplicationCommands | Bits.ViewChannel)) {
      throw new Error('They may not use commands there.');
    }
    const id = world.nextId();
    const interaction = interactions.make({
      id,
      kind,
      userId,
      channelId: channel.id,
      source,
      createdMs: world.now().getTime(),
      isMenu,
    });
    const d = {
      id,
      application_id: world.appId,
      type: kind,
      token: interaction.token,
      version: 1,
      data,
      channel_id: channel.id,
      channel: interactionChannelJson(world, channel, userId),
      ...this.#who(userId, channel),
      ...(source ? { message: messageJson(world, cdn, source) } : null),
      locale: 'en-US',
      app_permissions: String(channelBits(world, world.botId, channel)),
      entitlements: [],
      attachment_size_limit: 10_485_760,
    };
    return { interaction, event: { t: Events.InteractionCreate, d, byPeople: true } };
  }

  #who(userId: string, channel: Channel): Json {
    const { world } = this.#core;
    const user = world.users.get(userId);
    const member = world.members.get(userId);
    if (channel.recipientId !== null || !member) {
      return {
        context: 1,
        authorizing_integration_owners: { 0: '0' },
        ...(user ? { user: userJson(user) } : null),
      };
    }
    return {
      guild_id: world.guildId,
      guild_locale: 'en-US',
      guild: { id: world.guildId, locale: 'en-US', features: [] },
      context: 0,
      authorizing_integration_owners: { 0: world.guildId },
      member: { ...memberJson(world, member), permissions: String(channelBits(world, userId, channel)) },
    };
  }
}
