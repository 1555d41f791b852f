import type { Delivered as How, FakePerson, FakePlatform, SeenMessage } from '#test/support/fake-platform.ts';

import { Deliverer } from '../delivering/deliverer.ts';
import { fieldsOf, listOf, type Fields } from '../json.ts';
import type { Stage } from '../stage.ts';
import type { Posted, TeamsPerson } from '../world.ts';
import { actionsOf, cardsOf, inputsOf, kindOf } from './cards.ts';
import { typeOfEmoji } from './emoji.ts';
import { entered, openForm } from './forms.ts';
import { Lookups } from './lookups.ts';
import { Presses } from './presses.ts';
import { Shortcuts } from './shortcuts.ts';
import { Writing } from './writing.ts';

type Hands = Omit<
  FakePlatform,
  | 'name'
  | 'env'
  | 'people'
  | 'trouble'
  | 'measured'
  | 'stop'
  | 'messages'
  | 'below'
  | 'direct'
  | 'form'
  | 'home'
  | 'room'
  | 'rooms'
>;

export interface HandOptions {
  /** Whether the app hears everything in its team, or only what mentions it. */
  readonly hearsAll: () => boolean;
  /** Whose messages' reactions the bot is told of. Microsoft says: its own. */
  readonly reactions: 'own' | 'all';
  /** The app's manifest as it was installed; null: the shortcuts' ids are guessed from their labels. */
  readonly manifest: Fields | null;
}

/** What people do in Teams only. */
interface TeamsHands {
  opens(who: FakePerson, message: string): Promise<void>;
  slash(who: FakePerson, room: string, text: string, how?: How): Promise<void>;
  restores(who: FakePerson, message: SeenMessage): Promise<void>;
}

/** What people do, by the real protocol. */
export function handsOn(stage: Stage, options: HandOptions): Hands & TeamsHands {
  const { world, inbound, deliveries } = stage;
  const deliverer = new Deliverer(deliveries);
  const presses = new Presses(stage, deliverer);
  const writing = new Writing(stage, deliverer, options.hearsAll);
  const shortcuts = new Shortcuts(stage, deliverer, options.manifest);
  const lookups = new Lookups(stage, deliverer);
  const personOf = (who: FakePerson) => known(stage, who);
  /** Those who have put the app into their own chats. */
  const opened = new Set<TeamsPerson>();
  return {
    types: async (who, room, line, how = {}) => await writing.types(personOf(who), room, line, how),
    answers: async (who, message, text) =>
      await writing.answers(personOf(who), postedOf(stage, message), text),
    shares: async (who, room, file) => await writing.shares(personOf(who), room, file),
    rewrites: async (who, message, text) =>
      await writing.rewrites(personOf(who), postedOf(stage, message), text),
    deletes: async (who, message) => await writing.deletes(personOf(who), postedOf(stage, message)),
    async presses(who, room, label, how = {}) {
      if (await deliverer.again(how)) return;
      await presses.press(presses.find(personOf(who), room, label), how);
    },
    async fills(who, answers, how = {}) {
      if (await deliverer.again(how)) return;
      const person = personOf(who);
      const open = openForm(stage, who);
      if (!open) throw new Error(`no form stands open for ${who.name}`);
      const looked = await lookups.resolve(person, open, answers);
      const { values, complaints } = entered(open.card, looked);
      if (Object.keys(complaints).length > 0) {
        const dialog = open.kind === 'dialog' ? open.dialog : null;
        if (!dialog) throw new Error(`the app does not send the form: ${JSON.stringify(complaints)}`);
        stage.dialogs.set(person.id, { ...dialog, complaints, card: withValues(open.card, values) });
        return;
      }
      const action = actionsOf(open.card).find(
        (it) => kindOf(it) === 'Action.Submit' || kindOf(it) === 'Action.Execute',
      );
      if (!action) throw new Error('the form has nothing to send it with');
      const where =
        open.kind === 'dialog'
          ? {
              conversation: open.dialog.conversation,
              posted: world.message(open.dialog.replyTo ?? ''),
              inDialog: true,
              extension: open.dialog.extension,
            }
          : {
              conversation: world.conversationOf(open.posted),
              posted: open.posted,
              inDialog: false,
              extension: null,
            };
      const sent = action['associatedInputs'] === 'none' ? {} : values;
      await presses.press({ who: person, action, values: sent, ...where }, how);
    },
    /** Teams completes nothing while a command is typed to a bot. */
    completes: async () => [],
    shortcut: async (who, message, label, how = {}) =>
      await shortcuts.picks(personOf(who), postedOf(stage, message), label, how),
    /** People can pin posts, and no bot hears of it. */
    async pins(_who, message) {
      postedOf(stage, message).pinned = true;
    },
    async reacts(who, message, emoji, how = {}) {
      const person = personOf(who);
      const posted = postedOf(stage, message);
      const type = typeOfEmoji(emoji);
      if (posted.to) throw new Error('a targeted message takes no reactions');
      const by = posted.reactions.get(type) ?? new Set();
      if (how.off) by.delete(person.id);
      else by.add(person.id);
      posted.reactions.set(type, by);
      if (options.reactions === 'own' && posted.author !== 'bot') return;
      const reaction = { [how.off ? 'reactionsRemoved' : 'reactionsAdded']: [{ type }] };
      const make = () => ({
        ...inbound.base('messageReaction', person, world.conversationOf(posted)),
        id: `f:${world.nextId()}`,
        replyToId: posted.id,
        ...reaction,
      });
      await deliverer.send(make, how);
    },
    async opensHome(who) {
      const person = personOf(who);
      const isNew = !opened.has(person);
      opened.add(person);
      const chat = world.chatWith(person);
      const base = () => ({ ...inbound.base('installationUpdate', person, chat), id: `f:${world.nextId()}` });
      if (isNew) {
        await deliverer.send(() => ({ ...base(), action: 'add' }), {});
        await deliverer.send(
          () => ({
            ...base(),
            type: 'conversationUpdate',
            membersAdded: [{ id: world.bot.id, name: world.bot.name }],
          }),
          {},
        );
        return;
      }
      const page = world.posted.findLast(
        (it) => it.conversation === chat && !it.deleted && refreshOf(it, person) !== null,
      );
      if (page) await refresh(page, person);
    },
    async slash(who, room, text, how = {}) {
      const bots = listOf(options.manifest?.['bots']).map(fieldsOf);
      if (options.manifest && !bots.some((it) => it['supportsTargetedMessages'] === true)) {
        throw new Error(
          'the app takes no slash commands: its manifest does not say supportsTargetedMessages',
        );
      }
      await writing.slash(personOf(who), room, text, how);
    },
    async restores(who, { id }) {
      const posted = world.posted.find((it) => id.endsWith(`|${it.id}`));
      if (posted) await writing.restores(personOf(who), posted);
    },
    async opens(who, message) {
      await refresh(postedOf(stage, { id: message }), personOf(who));
    },
  };

  /** The app asks for a newer card when somebody for whom it refreshes looks at it. */
  async function refresh(posted: Posted, who: TeamsPerson): Promise<void> {
    const action = refreshOf(posted, who);
    if (!action) return;
    const conversation = world.conversationOf(posted);
    await presses.executes(
      { who, posted, conversation, action, values: {}, inDialog: false, extension: null },
      action,
      'automatic',
    );
  }
}

function refreshOf(posted: Posted, who: TeamsPerson): Fields | null {
  for (const card of cardsOf(posted.activity)) {
    const { action, userIds } = fieldsOf(card['refresh']);
    const isFor = userIds === undefined || listOf(userIds).includes(who.mri);
    if (card['refresh'] !== undefined && isFor) return fieldsOf(action);
  }
  return null;
}

function withValues(card: Fields, values: Readonly<Record<string, string>>): Fields {
  const names = new Set(inputsOf(card).map((it) => it['id']));
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.fromEntries(Object.entries(value).map(([name, it]) => [name, fill(it)])) as Fields;
    const mine =
      typeof fields['id'] === 'string' && names.has(fields['id']) ? values[fields['id']] : undefined;
    return mine === undefined ? fields : { ...fields, value: mine };
  };
  return fill(card) as Fields;
}

function known({ world }: Stage, who: FakePerson): TeamsPerson {
  const person = world.person(who.id);
  if (!person) throw new Error(`${who.name} is nobody of this organisation`);
  return person;
}

function postedOf({ world }: Stage, { id }: Pick<SeenMessage, 'id'>): Posted {
  const posted = world.message(id);
  if (!posted) throw new Error(`there is no message ${id}`);
  return posted;
}
