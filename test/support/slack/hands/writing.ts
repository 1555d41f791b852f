import type { FakePerson, FakePlatform } from '#test/support/fake-platform.ts';
import { setPinned, takeAway } from '#test/support/slack/changes.ts';
import type { Core } from '#test/support/slack/core.ts';
import type { Delivery } from '#test/support/slack/deliveries.ts';
import {
  changed,
  homeOpened,
  previewed,
  reacted,
  tell,
  telling,
  written,
} from '#test/support/slack/events.ts';
import { mark } from '#test/support/slack/methods/marks.ts';
import { nameOf } from '#test/support/slack/reading/emoji.ts';
import { messageJson } from '#test/support/slack/wire.ts';
import type { Message } from '#test/support/slack/world.ts';
import { APP_ID, TEAM } from '#test/support/slack/world.ts';

import { channelName, common, enter, messageFor, userOf, type Repeats } from './common.ts';
import { commandText, composed } from './words.ts';

type Hands = Pick<
  FakePlatform,
  'types' | 'pins' | 'reacts' | 'rewrites' | 'deletes' | 'shares' | 'answers' | 'shortcut' | 'opensHome'
>;

/** What people write, and do to what is written. */
export function writing(core: Core, repeats: Repeats): Hands {
  const { world } = core;
  const tells =
    (...told: readonly (Delivery | null)[]) =>
    async () =>
      await telling(core, ...told);
  const writes = (channel: string, who: FakePerson, given: Partial<Message>) => {
    const message = world.addMessage({ channel, user: who.id, ...given });
    const told = written(core, message);
    let isPreviewed = false;
    return async () => {
      await telling(core, ...told);
      if (!isPreviewed) tell(core, previewed(core, message));
      isPreviewed = true;
    };
  };

  return {
    async types(who, room, line, how = {}) {
      if (!line.startsWith('/')) {
        return await repeats.deliver(how, () =>
          writes(enter(core, who, room).id, who, composed(world, line)),
        );
      }
      await repeats.deliver(how, () => command(core, who, room, line));
    },
    async answers(who, seen, text) {
      const parent = messageFor(core, who, seen);
      const { id } = enter(core, who, parent.channel);
      await writes(id, who, { ...composed(world, text), threadTs: parent.threadTs ?? parent.ts })();
    },
    async shares(who, room, { name, type, bytes, words }) {
      const channel = enter(core, who, room);
      const id = world.nextId('F');
      const message = world.addMessage({
        channel: channel.id,
        user: who.id,
        subtype: 'file_share',
        ...composed(world, words),
        files: [id],
      });
      const shares = [{ channel: channel.id, ts: message.ts }];
      const state = { uploaded: true, completed: true, ticket: '', length: bytes.length };
      world.files.set(id, { id, name, title: name, type, bytes, user: who.id, shares, ...state });
      await telling(core, ...written(core, message));
    },
    async pins(who, seen, how = {}) {
      const message = messageFor(core, who, seen);
      await repeats.deliver(how, () => {
        return tells(...setPinned(core, message, who.id, true));
      });
    },
    async reacts(who, seen, emoji, how = {}) {
      const message = messageFor(core, who, seen);
      const name = nameOf(emoji) ?? emoji;
      const on = how.off !== true;
      await repeats.deliver(how, () => {
        mark(message, who.id, name, on);
        return tells(reacted(core, message, who.id, name, on));
      });
    },
    async rewrites(who, seen, text) {
      const message = messageFor(core, who, seen);
      if (message.user !== who.id) throw new Error(`${who.name} did not write ${seen.id}`);
      const before = messageJson(world, message);
      Object.assign(message, composed(world, text), { edited: { user: who.id, ts: world.nextTs() } });
      await telling(core, changed(core, before, message));
    },
    async deletes(who, seen) {
      const message = messageFor(core, who, seen);
      if (message.user !== who.id) throw new Error(`${who.name} did not write ${seen.id}`);
      await telling(core, takeAway(core, message));
    },
    async shortcut(who, seen, label, how = {}) {
      await repeats.deliver(how, () => messageAction(core, who, messageFor(core, who, seen), label));
    },
    async opensHome(who) {
      if (!core.settings.hasHome) throw new Error('The app has no page of its own');
      const view = core.views.home(userOf(core, who).id);
      await telling(core, homeOpened(core, who.id, view && core.views.json(view)));
    },
  };
}

function command(core: Core, who: FakePerson, room: string, line: string): () => Promise<void> {
  const { world } = core;
  const user = userOf(core, who);
  const [name = '', ...rest] = line.split(' ');
  const known = core.settings.commands.find((it) => it.command === name);
  if (!known) throw new Error(`${name} is not a valid command`);
  const channel = enter(core, who, room);
  const typed = rest.join(' ').trim();
  const responseUrl = core.responses.make('commands', user.id, channel.id);
  const payload = {
    token: core.tokens.verification,
    team_id: TEAM.id,
    team_domain: TEAM.domain,
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user.id,
    user_name: user.name,
    command: name,
    text: known.escapes ? commandText(world, typed) : typed,
    api_app_id: APP_ID,
    is_enterprise_install: 'false',
    response_url: responseUrl,
    trigger_id: core.triggers.make(user.id),
  };
  let isAnswered = false;
  return async () => {
    await core.post.deliver({ kind: 'slash_commands', payload }, (body) => {
      if (!isAnswered) core.responses.atOnce(responseUrl, body);
      isAnswered = true;
    });
  };
}

/** An entry of the menu that is everywhere in Slack's app: it is about no room. */
export function globalShortcut(core: Core, who: FakePerson, label: string): () => Promise<void> {
  const user = userOf(core, who);
  const shortcut = core.settings.shortcuts.find((it) => it.name === label && !it.onMessage);
  if (!shortcut) throw new Error(`There is no "${label}" in the menu of shortcuts`);
  const payload = {
    ...common(core, user),
    type: 'shortcut',
    action_ts: core.world.nextTs(),
    callback_id: shortcut.callbackId,
    trigger_id: core.triggers.make(user.id),
  };
  return async () => await core.post.deliver({ kind: 'interactive', payload });
}

function messageAction(core: Core, who: FakePerson, message: Message, label: string): () => Promise<void> {
  const user = userOf(core, who);
  const shortcut = core.settings.shortcuts.find((it) => it.name === label && it.onMessage);
  if (!shortcut) throw new Error(`There is no "${label}" in the menu of messages`);
  const channel = enter(core, who, message.channel);
  const payload = {
    ...common(core, user),
    type: 'message_action',
    action_ts: core.world.nextTs(),
    callback_id: shortcut.callbackId,
    trigger_id: core.triggers.make(user.id),
    response_url: core.responses.make('actions', user.id, channel.id, message.ts),
    message_ts: message.ts,
    channel: { id: channel.id, name: channelName(channel) },
    message: messageJson(core.world, message),
  };
  return async () => await core.post.deliver({ kind: 'interactive', payload });
}
