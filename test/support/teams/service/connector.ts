import { checkActivity } from '../checks/activity.ts';
import type { Mentionable } from '../checks/card.ts';
import { checkDefinition } from '../checks/specs.ts';
import { fieldsOf, isFields, textOf, type Fields } from '../json.ts';
import { typeOf, type Channel, type Place, type Posted, type TeamsPerson, type World } from '../world.ts';
import { Refusal } from './refusal.ts';
import type { Call, Reply, Route } from './server.ts';

/** A targeted message is there for so long. */
const TARGETED_MS = 24 * 3_600_000;

interface Deps {
  readonly world: World;
  readonly serviceUrl: () => string;
  /** Somebody's chat or team has the app. */
  readonly isInstalled: () => boolean;
  readonly took: (posted: Posted) => Promise<void>;
}

/** The Bot Connector: conversations and what is said in them. */
export class Connector {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  routes(): readonly Route[] {
    const at = '/amer/{tenant}/v3/conversations';
    const all: readonly (readonly [string, string, Route['handle']])[] = [
      ['POST', at, async (call) => await this.#create(call)],
      ['POST', `${at}/{conversation}/activities`, async (call) => await this.#send(call)],
      ['POST', `${at}/{conversation}/activities/{activity}`, async (call) => await this.#send(call)],
      ['PUT', `${at}/{conversation}/activities/{activity}`, async (call) => await this.#update(call)],
      ['DELETE', `${at}/{conversation}/activities/{activity}`, (call) => this.#delete(call)],
      [
        'PUT',
        `${at}/{conversation}/activities/{activity}/reactions/{type}`,
        (call) => this.#react(call, true),
      ],
      [
        'DELETE',
        `${at}/{conversation}/activities/{activity}/reactions/{type}`,
        (call) => this.#react(call, false),
      ],
    ];
    return all.map(([verb, path, handle]) => ({ verb, path, service: 'connector', handle }));
  }

  async #create(call: Call): Promise<Reply> {
    const body = bodyOf(call);
    const { world, serviceUrl } = this.#deps;
    checkDefinition('ConversationParameters', body);
    const bot = fieldsOf(body['bot'])['id'];
    if (bot !== undefined && bot !== world.bot.id && `28:${textOf(bot)}` !== world.bot.id) {
      throw bad('BadSyntax', 'The bot of the conversation is another one.');
    }
    const channelId = textOf(fieldsOf(fieldsOf(body['channelData'])['channel'])['id']);
    if (channelId !== '') {
      if (body['isGroup'] !== true) throw bad('BadSyntax', 'A thread in a channel is a group conversation.');
      if (!isFields(body['activity'])) throw bad('BadSyntax', 'A thread begins with an activity.');
      const place = this.#place(channelId);
      const posted = await this.#post(place, fieldsOf(body['activity']), null, null);
      const id = `${channelId};messageid=${posted.id}`;
      return { status: 201, body: { id, activityId: posted.id, serviceUrl: serviceUrl() } };
    }
    const members = Array.isArray(body['members']) ? body['members'] : [];
    if (members.length !== 1) throw bad('BadSyntax', 'A conversation is made with exactly one member.');
    const tenant =
      textOf(body['tenantId']) || textOf(fieldsOf(fieldsOf(body['channelData'])['tenant'])['id']);
    if (tenant !== world.tenant) throw bad('BadSyntax', 'Bad format of tenant id.');
    const who = world.person(textOf(fieldsOf(members[0])['id']));
    if (!who) throw new Refusal(404, 'NotFound', 'The user was not found.');
    this.#mayWriteTo(who);
    const id = world.chatWith(who);
    if (!isFields(body['activity'])) return { status: 201, body: { id } };
    const posted = await this.#post(this.#place(id), fieldsOf(body['activity']), null, null);
    return { status: 201, body: { id, activityId: posted.id, serviceUrl: serviceUrl() } };
  }

  async #send(call: Call): Promise<Reply> {
    const activity = bodyOf(call);
    const place = this.#place(param(call, 'conversation'));
    const replied = call.params['activity'];
    // Microsoft's library replies to ids that it has made up; such a reply only stands in the conversation.
    const isMadeUp = replied === undefined || !/^\d+$/.test(replied);
    const above = isMadeUp ? null : this.#message(place, replied);
    if (above?.to) throw bad('BadSyntax', 'A targeted message takes no replies.');
    const to = isTargeted(call) ? this.#target(place, activity) : null;
    if (typeOf(activity) === 'typing') {
      checkActivity(activity, this.#check(place));
      return { status: 201, body: { id: this.#deps.world.nextId() } };
    }
    const posted = await this.#post(place, activity, above, to);
    return { status: 201, body: { id: posted.id } };
  }

  async #post(place: Place, activity: Fields, above: Posted | null, to: string | null): Promise<Posted> {
    const { world, took } = this.#deps;
    checkActivity(activity, this.#check(place));
    const root = place.kind === 'chat' ? null : (place.root?.id ?? above?.root ?? undefined);
    const posted = world.add({
      conversation: place.kind === 'chat' ? place.id : place.channel.id,
      author: 'bot',
      activity,
      to,
      replyTo: above?.id ?? (textOf(activity['replyToId']) || null),
      ...(root === undefined ? {} : { root }),
    });
    await took(posted);
    return posted;
  }

  async #update(call: Call): Promise<Reply> {
    const place = this.#place(param(call, 'conversation'));
    const posted = this.#own(place, call);
    const activity = bodyOf(call);
    checkActivity(activity, this.#check(place));
    posted.activity = activity;
    posted.views.clear();
    await this.#deps.took(posted);
    return { status: 200, body: { id: posted.id } };
  }

  #delete(call: Call): Reply {
    const posted = this.#own(this.#place(param(call, 'conversation')), call);
    posted.deleted = true;
    return { status: 200 };
  }

  #react(call: Call, on: boolean): Reply {
    const posted = this.#message(this.#place(param(call, 'conversation')), param(call, 'activity'));
    const type = param(call, 'type');
    if (!/^(?:like|heart|laugh|surprised|sad|angry|[0-9a-f]{4,}(?:[-_][\w-]+)+)$/.test(type)) {
      throw bad('BadSyntax', `There is no reaction ${type}.`);
    }
    if (posted.to) throw bad('BadSyntax', 'A targeted message takes no reactions.');
    const who = posted.reactions.get(type) ?? new Set();
    if (on) who.add('bot');
    else who.delete('bot');
    posted.reactions.set(type, who);
    return { status: 200 };
  }

  /** The bot's own message, of the kind that the call says it is of. */
  #own(place: Place, call: Call): Posted {
    const posted = this.#message(place, param(call, 'activity'));
    if (posted.author !== 'bot') throw new Refusal(403, 'Forbidden', 'The activity is not of this bot.');
    if (isTargeted(call) !== (posted.to !== null)) {
      throw bad(
        'BadSyntax',
        'Whom a message is for cannot be changed: isTargetedActivity is of what it was sent as.',
      );
    }
    if (posted.to && this.#deps.world.now().getTime() - posted.at.getTime() > TARGETED_MS) {
      throw new Refusal(404, 'ActivityNotFoundInConversation', 'The targeted message has expired.');
    }
    return posted;
  }

  /** @throws Refusal if there is no such conversation, or the bot is not in it, or nobody may write there */
  #place(conversation: string): Place {
    const place = this.#deps.world.place(conversation);
    if (!place) throw new Refusal(404, 'ConversationNotFound', 'Conversation not found.');
    if (place.kind === 'chat') this.#mayWriteTo(place.person);
    if (!this.#deps.isInstalled()) {
      throw new Refusal(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.');
    }
    if (place.kind === 'channel' && place.channel.archived) {
      throw new Refusal(403, 'Forbidden', 'The channel is archived: nobody can write in it.');
    }
    return place;
  }

  #mayWriteTo(who: TeamsPerson): void {
    const { world, isInstalled } = this.#deps;
    if (!isInstalled() || !(world.members.has(who.id) || world.hasChat(who))) {
      throw new Refusal(403, 'BotNotInConversationRoster', 'The bot is not installed for this user.');
    }
  }

  #message(place: Place, id: string): Posted {
    const posted = this.#deps.world.message(id);
    const conversation = place.kind === 'chat' ? place.id : place.channel.id;
    const isThere = posted?.id === id && posted.conversation === conversation;
    const isInThread = place.kind === 'chat' || !place.root || posted?.root === place.root.id;
    if (!posted || !isThere || !isInThread) {
      throw new Refusal(404, 'ActivityNotFoundInConversation', 'Activity not found in conversation.');
    }
    return posted;
  }

  #target(place: Place, activity: Fields): string {
    if (place.kind === 'chat') throw bad('BadSyntax', 'A chat with one person has no targeted messages.');
    const id = textOf(fieldsOf(activity['recipient'])['id']);
    const who = this.#deps.world.person(id);
    if (!who || !this.#isIn(place.channel, who)) {
      throw bad('BadSyntax', 'The recipient is nobody of the conversation.');
    }
    return who.id;
  }

  #isIn(channel: Channel, who: TeamsPerson): boolean {
    return this.#deps.world.membersOf(channel).includes(who);
  }

  /** Who can be mentioned there. */
  #check(place: Place): Mentionable {
    const { world } = this.#deps;
    const canMention = (id: string) => {
      if (world.tags.has(id) || world.channel(id)) return place.kind === 'channel';
      const who = world.person(id);
      if (!who) return false;
      return place.kind === 'chat' ? place.person === who : this.#isIn(place.channel, who);
    };
    const isOfDirectory = (id: string) => (world.person(id)?.mri ?? id) !== id;
    return { canMention, canMentionInText: (id) => !isOfDirectory(id) && canMention(id) };
  }
}

function isTargeted(call: Call): boolean {
  return call.query.get('isTargetedActivity') === 'true';
}

function param(call: Call, name: string): string {
  return call.params[name] ?? '';
}

function bodyOf({ body }: Call): Fields {
  if (!isFields(body)) throw bad('BadSyntax', 'The body is no JSON object.');
  return body;
}

function bad(code: string, message: string): Refusal {
  return new Refusal(400, code, message);
}
