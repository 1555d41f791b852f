import { randomUUID } from 'node:crypto';

import type { Fields } from '../json.ts';
import { accountOf, type Channel, type Posted, type TeamsPerson, type World } from '../world.ts';

/** Writes activities as Teams sends them to a bot. */
export class Inbound {
  readonly #world: World;
  readonly #serviceUrl: () => string;

  constructor(world: World, serviceUrl: () => string) {
    this.#world = world;
    this.#serviceUrl = serviceUrl;
  }

  /** What every activity says; `conversation` is a channel's with its thread, or a chat. */
  base(type: string, who: TeamsPerson, conversation: string): Fields {
    const { bot, tenant, now, team } = this.#world;
    const channel = conversation.split(';')[0] ?? '';
    const isChannel = channel.startsWith('19:');
    const at = now().toISOString();
    return {
      type,
      timestamp: at,
      localTimestamp: at,
      localTimezone: 'UTC',
      channelId: 'msteams',
      serviceUrl: this.#serviceUrl(),
      from: accountOf(who),
      recipient: { id: bot.id, name: bot.name },
      conversation: {
        ...(isChannel ? { isGroup: true } : {}),
        conversationType: isChannel ? 'channel' : 'personal',
        tenantId: tenant,
        id: conversation,
      },
      channelData: isChannel
        ? {
            teamsChannelId: channel,
            teamsTeamId: team.id,
            channel: { id: channel },
            team: { id: team.id },
            tenant: { id: tenant },
          }
        : { tenant: { id: tenant } },
      locale: 'en-US',
    };
  }

  /** A message as somebody wrote it; `text` holds mentions as `<at>name</at>`. */
  message(who: TeamsPerson, posted: Posted, { text, entities, attachments = [] }: Written): Fields {
    const client = { locale: 'en-US', country: 'US', platform: 'Web', timezone: 'UTC', type: 'clientInfo' };
    return {
      ...this.base('message', who, this.#world.conversationOf(posted)),
      id: posted.id,
      textFormat: 'plain',
      text,
      entities: [...entities, client],
      attachments: [...attachments, { contentType: 'text/html', content: htmlOf(text, entities) }],
      ...(posted.root !== null && posted.root !== posted.id ? { replyToId: posted.root } : {}),
    };
  }

  invoke(name: string, who: TeamsPerson, conversation: string, value: Fields, replyTo?: string): Fields {
    return {
      ...this.base('invoke', who, conversation),
      id: `f:${randomUUID()}`,
      name,
      value,
      ...(replyTo === undefined ? {} : { replyToId: replyTo }),
    };
  }

  /** Something happened to the team or one of its channels. */
  teamEvent(who: TeamsPerson, eventType: string, more: Fields = {}, channel?: Channel): Fields {
    const { team, tenant } = this.#world;
    const base = this.base('conversationUpdate', who, channel?.id ?? team.id);
    return {
      ...base,
      id: `f:${randomUUID()}`,
      channelData: {
        team: { id: team.id, name: team.name, aadGroupId: team.groupId, type: 'standard' },
        eventType,
        tenant: { id: tenant },
        ...(channel ? { channel: { id: channel.id, name: channel.name, type: channel.type } } : {}),
      },
      ...more,
    };
  }
}

export interface Written {
  readonly text: string;
  readonly entities: readonly Fields[];
  readonly attachments?: readonly Fields[];
}

/** The same message as the client writes it beside the plain text: escaped, and mentions apart. */
function htmlOf(text: string, entities: readonly Fields[]): string {
  let html = escaped(text);
  for (const [index, entity] of entities.entries()) {
    const written = escaped(String(entity['text']));
    const name = written.replaceAll(/&lt;\/?at&gt;/g, '');
    html = html.replace(
      written,
      `<span itemscope itemtype="http://schema.skype.com/Mention" itemid="${index}">${name}</span>`,
    );
  }
  return `<p>${html.replaceAll('\n', '<br>')}</p>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
