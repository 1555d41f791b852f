import { randomUUID } from 'node:crypto';

import type { Delivered as How } from '#test/support/fake-platform.ts';

import type { Deliverer } from '../delivering/deliverer.ts';
import type { Fields } from '../json.ts';
import { textOf } from '../json.ts';
import type { Stage } from '../stage.ts';
import { accountOf, type Place, type Posted, type TeamsPerson } from '../world.ts';

interface SharedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly words: string;
}

/** What people write, change and take back. */
export class Writing {
  readonly #stage: Stage;
  readonly #deliverer: Deliverer;
  readonly #hearsAll: () => boolean;
  /** What was written under a delivery id: the same one again is no second message. */
  readonly #written = new Map<string, Posted>();

  constructor(stage: Stage, deliverer: Deliverer, hearsAll: () => boolean) {
    this.#stage = stage;
    this.#deliverer = deliverer;
    this.#hearsAll = hearsAll;
  }

  /** A line that begins with `/incident` is a command: to the bot by name in a channel, as it is in a chat. */
  async types(who: TeamsPerson, room: string, line: string, how: How): Promise<void> {
    const command = /^\/incident(?:\s+([^]*))?$/.exec(line);
    const place = this.#placeOf(who, room);
    const words = command ? (command[1] ?? '') : line;
    const toBot = command !== null && place.kind === 'channel';
    const name = this.#stage.world.bot.name;
    await this.#write(who, place, toBot ? `<at>${name}</at> ${words}` : words, { how, toBot });
  }

  async answers(who: TeamsPerson, above: Posted, text: string): Promise<void> {
    if (above.to) throw new Error('a targeted message takes no replies');
    const place = this.#placeOf(who, this.#stage.world.conversationOf(above));
    await this.#write(who, place, text, { how: {}, toBot: false, above });
  }

  async shares(who: TeamsPerson, room: string, file: SharedFile): Promise<void> {
    await this.#write(who, this.#placeOf(who, room), file.words, { how: {}, toBot: false, file });
  }

  /** As the slash command of the app: only the person and the bot see it. */
  async slash(who: TeamsPerson, room: string, text: string, how: How): Promise<void> {
    const place = this.#placeOf(who, room);
    if (place.kind === 'chat') throw new Error('a chat with one person has no targeted messages');
    await this.#write(who, place, text, { how, toBot: true, targeted: true });
  }

  async rewrites(who: TeamsPerson, posted: Posted, text: string): Promise<void> {
    const written = this.#mentions(text);
    own(who, posted);
    posted.activity = { ...posted.activity, ...written };
    if (!this.#isHeard(posted)) return;
    const activity = this.#stage.inbound.message(who, posted, written);
    const channelData = { ...(activity['channelData'] as Fields), eventType: 'editMessage' };
    await this.#deliverer.send(() => ({ ...activity, type: 'messageUpdate', channelData }), {});
  }

  async deletes(who: TeamsPerson, posted: Posted): Promise<void> {
    own(who, posted);
    posted.deleted = true;
    if (this.#isHeard(posted)) await this.#tellDeleted(who, posted, 'softDeleteMessage', 'messageDelete');
  }

  /** Takes a deletion back. */
  async restores(who: TeamsPerson, posted: Posted): Promise<void> {
    own(who, posted);
    posted.deleted = false;
    if (this.#isHeard(posted)) await this.#tellDeleted(who, posted, 'undeleteMessage', 'messageUpdate');
  }

  async #tellDeleted(who: TeamsPerson, posted: Posted, eventType: string, type: string): Promise<void> {
    const base = this.#stage.inbound.base(type, who, this.#stage.world.conversationOf(posted));
    const text = type === 'messageUpdate' ? { text: posted.activity['text'], textFormat: 'plain' } : {};
    const channelData = { ...(base['channelData'] as Fields), eventType };
    await this.#deliverer.send(() => ({ ...base, ...text, id: posted.id, channelData }), {});
  }

  async #write(
    who: TeamsPerson,
    place: Place,
    text: string,
    more: { how: How; toBot: boolean; above?: Posted; file?: SharedFile; targeted?: boolean },
  ): Promise<void> {
    const { world, inbound } = this.#stage;
    const { how, toBot, above, file, targeted = false } = more;
    const written = this.#mentions(text, toBot && !targeted);
    const known = how.delivery === undefined ? undefined : this.#written.get(how.delivery);
    const root = place.kind === 'chat' ? null : (above?.root ?? place.root?.id);
    const posted =
      known ??
      world.add({
        conversation: place.kind === 'chat' ? place.id : place.channel.id,
        author: who.id,
        activity: written,
        replyTo: above?.id ?? null,
        to: targeted ? who.id : null,
        files: file ? [{ name: file.name, bytes: file.bytes }] : [],
        ...(root === undefined ? {} : { root }),
      });
    if (how.delivery !== undefined) this.#written.set(how.delivery, posted);
    if (place.kind === 'channel' && !toBot && !this.#isHeard(posted)) return;
    const attachments = file ? [this.#attached(posted, file)] : [];
    await this.#deliverer.send(() => {
      const activity = inbound.message(who, posted, { ...written, attachments });
      return targeted
        ? { ...activity, recipient: { ...(activity['recipient'] as Fields), isTargeted: true } }
        : activity;
    }, how);
  }

  /** In a channel a bot hears what mentions it; everything, where it may read the team's messages. */
  #isHeard(posted: Posted): boolean {
    const name = this.#stage.world.bot.name;
    return (
      posted.root === null || this.#hearsAll() || textOf(posted.activity['text']).includes(`<at>${name}</at>`)
    );
  }

  /** `<@ID>` of somebody there becomes a mention; anything else stays as it was typed. */
  #mentions(text: string, toBot = false): { text: string; entities: readonly Fields[] } {
    const { world } = this.#stage;
    const entities: Fields[] = [];
    if (toBot) entities.push(mention({ id: world.bot.id, name: world.bot.name }));
    const mentioned = text.replaceAll(/<@([\w:.@-]+)>/g, (whole, id: string) => {
      const who = world.person(id);
      if (!who) return whole;
      const { id: mri, name } = accountOf(who);
      entities.push(mention({ id: mri, name }));
      return `<at>${who.name}</at>`;
    });
    return { text: mentioned, entities };
  }

  /** A picture stands in the message, and the Bot Connector has it; any other file lies in SharePoint. */
  #attached(posted: Posted, file: SharedFile): Fields {
    const { serviceUrl } = this.#stage.inbound.base('message', this.#anybody(posted), posted.conversation);
    if (file.type.startsWith('image/')) {
      return {
        contentType: file.type,
        contentUrl: `${textOf(serviceUrl)}v3/attachments/${posted.id}/views/original`,
        name: file.name,
      };
    }
    const origin = new URL(textOf(serviceUrl)).origin;
    return {
      contentType: 'application/vnd.microsoft.teams.file.download.info',
      contentUrl: `https://contoso.sharepoint.com/sites/incidents/${encodeURIComponent(file.name)}`,
      name: file.name,
      content: {
        downloadUrl: `${origin}/media/${posted.id}/${encodeURIComponent(file.name)}`,
        uniqueId: randomUUID(),
        fileType: file.name.split('.').at(-1),
      },
    };
  }

  #anybody(posted: Posted): TeamsPerson {
    const who = this.#stage.world.person(posted.author);
    if (!who) throw new Error('nobody wrote this');
    return who;
  }

  /** Where somebody can write; `direct` is their chat with the bot. */
  #placeOf(who: TeamsPerson, room: string): Place {
    const { world } = this.#stage;
    const place = world.place(room === 'direct' ? world.chatWith(who) : room);
    if (!place) throw new Error(`there is no room ${room}`);
    if (place.kind === 'chat') return place;
    if (!world.membersOf(place.channel).includes(who)) {
      throw new Error(`${who.name} may not look into ${room}`);
    }
    if (place.channel.archived) throw new Error(`nobody can write in ${room} any more`);
    return place;
  }
}

function own(who: TeamsPerson, posted: Posted): void {
  if (posted.author !== who.id) throw new Error(`${who.name} did not write ${posted.id}`);
}

function mention(mentioned: { readonly id: unknown; readonly name: unknown }): Fields {
  return { type: 'mention', mentioned, text: `<at>${String(mentioned.name)}</at>` };
}
