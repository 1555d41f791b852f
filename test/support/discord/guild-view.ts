import { ChannelType, GatewayIntentBits as Intents } from 'discord-api-types/v10';

import { sees } from './permissions.ts';
import { channelJson, memberJson, roleJson } from './views.ts';
import type { Json, World } from './world.ts';

/** The guild without what is in it, as HTTP answers it. */
export function guildOnlyJson(world: World): Json {
  return {
    id: world.guildId,
    name: 'Example Engineering',
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: [],
    banner: null,
    owner_id: world.ownerId,
    application_id: null,
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 1,
    roles: [...world.roles.values()].map(roleJson),
    default_message_notifications: 1,
    mfa_level: 0,
    explicit_content_filter: 2,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: 'en-US',
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    premium_progress_bar_enabled_user_updated_at: null,
    nsfw: false,
    nsfw_level: 0,
    emojis: [],
    stickers: [],
    incidents_data: null,
    inventory_settings: null,
    latest_onboarding_question_id: null,
    hub_type: null,
    owner_configured_content_level: 0,
  };
}

/** The guild as the gateway brings it: what the bot sees of its channels; everybody, for who may know them. */
export function guildJson(world: World, intents: number): Json {
  const visible = [...world.channels.values()].filter(
    (it) => it.recipientId === null && sees(world, world.botId, it),
  );
  const members = [...world.members.values()].filter(
    ({ userId }) => (intents & Intents.GuildMembers) !== 0 || userId === world.botId,
  );
  return {
    ...guildOnlyJson(world),
    joined_at: world.members.get(world.botId)?.joinedAt,
    large: false,
    unavailable: false,
    member_count: world.members.size,
    voice_states: [],
    members: members.map((it) => memberJson(world, it)),
    channels: visible.filter((it) => it.thread === null).map((it) => channelJson(world, it)),
    threads: visible
      .filter((it) => it.thread && !it.thread.archived && seesThread(world, it.type, it.thread.members))
      .map((it) => channelJson(world, it)),
    presences: [],
    stage_instances: [],
    guild_scheduled_events: [],
    soundboard_sounds: [],
  };
}

function seesThread(world: World, type: ChannelType, members: ReadonlyMap<string, string>): boolean {
  return type !== ChannelType.PrivateThread || members.has(world.botId);
}
