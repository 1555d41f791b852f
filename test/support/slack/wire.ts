import { objectOf, type Json } from './json.ts';
import {
  APP_ID,
  BOT,
  TEAM,
  type Channel,
  type Group,
  type Message,
  type StoredFile,
  type User,
  type World,
} from './world.ts';

/** The things of a workspace as Slack writes them. */
export function userJson(user: User, withEmail: boolean): Json {
  const { id, name, realName, deleted, isBot, isGuest, email, emailConfirmed } = user;
  return {
    id,
    team_id: TEAM.id,
    name,
    deleted,
    ...(deleted
      ? null
      : {
          color: '9f69e7',
          real_name: realName,
          tz: 'Europe/Amsterdam',
          tz_label: 'Central European Time',
          tz_offset: 3600,
          is_admin: false,
          is_owner: false,
          is_primary_owner: false,
          is_restricted: isGuest,
          is_ultra_restricted: false,
          is_email_confirmed: emailConfirmed,
        }),
    profile: {
      title: '',
      phone: '',
      real_name: realName,
      real_name_normalized: realName,
      display_name: name,
      display_name_normalized: name,
      status_text: '',
      status_emoji: '',
      team: TEAM.id,
      ...(withEmail && email !== null && !isBot ? { email } : null),
      ...(isBot ? { bot_id: BOT.bot, api_app_id: APP_ID } : null),
    },
    is_bot: isBot,
    is_app_user: false,
    updated: 1_700_000_000,
  };
}

export function channelJson(world: World, channel: Channel): Json {
  const { id, kind, name, archived, creator, created, topic, purpose, members, peer } = channel;
  const common = {
    id,
    created,
    is_archived: archived,
    is_org_shared: false,
    context_team_id: TEAM.id,
    updated: 0,
  };
  if (kind === 'im') {
    return { ...common, is_im: true, user: peer, is_user_deleted: world.users.get(peer ?? '')?.deleted };
  }
  return {
    ...common,
    name,
    name_normalized: name,
    is_channel: kind === 'public',
    is_group: kind === 'private',
    is_im: false,
    is_mpim: false,
    is_private: kind === 'private',
    is_general: name === 'general',
    is_shared: false,
    is_ext_shared: false,
    is_pending_ext_shared: false,
    unlinked: 0,
    creator,
    is_member: members.has(BOT.user),
    topic,
    purpose,
    previous_names: [],
  };
}

export function messageJson(world: World, message: Message, withMetadata = false): Json {
  const {
    ts,
    user,
    isOurs,
    subtype,
    text,
    blocks,
    attachments,
    threadTs,
    edited,
    metadata,
    reactions,
    files,
  } = message;
  const replies =
    threadTs === null ? world.messagesIn(message.channel).filter((it) => it.threadTs === ts) : [];
  return {
    type: 'message',
    ...(subtype === null ? null : { subtype }),
    user,
    ts,
    text,
    team: TEAM.id,
    ...(isOurs ? { bot_id: BOT.bot, app_id: APP_ID, bot_profile: botProfile() } : null),
    ...(blocks.length > 0 ? { blocks } : null),
    ...(attachments.length > 0 ? { attachments } : null),
    ...(threadTs === null
      ? null
      : { thread_ts: threadTs, parent_user_id: world.messageAt(message.channel, threadTs)?.user }),
    ...(replies.length > 0
      ? {
          thread_ts: ts,
          reply_count: replies.length,
          reply_users: [...new Set(replies.map((it) => it.user))],
          latest_reply: replies.at(-1)?.ts,
        }
      : null),
    ...(edited ? { edited } : null),
    ...(metadata && withMetadata ? { metadata } : null),
    ...(reactions.size > 0
      ? { reactions: [...reactions].map(([name, users]) => ({ name, users, count: users.length })) }
      : null),
    ...(message.pinned ? { pinned_to: [message.channel] } : null),
    ...(files.length > 0 ? { files: files.map((id) => fileJson(world, id)), upload: false } : null),
  };
}

export function fileJson(world: World, id: string): Json {
  const file = world.files.get(id);
  if (!file) return { id, mode: 'tombstone' };
  const { name, title, type, bytes, user, shares } = file;
  const where = (kind: Channel['kind']) =>
    shares.filter((it) => world.channels.get(it.channel)?.kind === kind);
  const url = `${world.filesUrl}/files-pri/${TEAM.id}-${id}`;
  return {
    id,
    created: world.seconds(),
    timestamp: world.seconds(),
    name,
    title,
    mimetype: type,
    filetype: name.split('.').at(-1) ?? '',
    pretty_type: name.split('.').at(-1)?.toUpperCase() ?? '',
    user,
    user_team: TEAM.id,
    editable: false,
    size: bytes.length,
    mode: 'hosted',
    is_external: false,
    external_type: '',
    is_public: where('public').length > 0,
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private: `${url}/${encodeURIComponent(name)}`,
    url_private_download: `${url}/download/${encodeURIComponent(name)}`,
    permalink: `https://${TEAM.domain}.slack.com/files/${user}/${id}/${encodeURIComponent(name)}`,
    is_starred: false,
    has_rich_preview: false,
    file_access: 'visible',
    shares: {
      public: sharesJson(where('public')),
      private: sharesJson([...where('private'), ...where('im')]),
    },
    channels: where('public').map((it) => it.channel),
    groups: where('private').map((it) => it.channel),
    ims: where('im').map((it) => it.channel),
  };
}

export function groupJson({ id, handle, name, users, enabled }: Group, withUsers: boolean): Json {
  return {
    id,
    team_id: TEAM.id,
    is_usergroup: true,
    name,
    description: '',
    handle,
    is_external: false,
    date_create: 1_700_000_000,
    date_update: 1_700_000_000,
    date_delete: enabled ? 0 : 1_700_000_000,
    auto_type: null,
    user_count: users.length,
    ...(withUsers ? { users } : null),
  };
}

export function permalinkOf(channel: string, ts: string): string {
  return `https://${TEAM.domain}.slack.com/archives/${channel}/p${ts.replace('.', '')}`;
}

function botProfile(): Json {
  return { id: BOT.bot, app_id: APP_ID, user_id: BOT.user, name: BOT.name, deleted: false, team_id: TEAM.id };
}

function sharesJson(shares: StoredFile['shares']): Json {
  const all: Record<string, Json[]> = {};
  for (const { channel, ts } of shares) {
    all[channel] = [
      ...(all[channel] ?? []),
      objectOf({ ts, reply_users: [], reply_count: 0, team_id: TEAM.id }),
    ];
  }
  return all;
}
