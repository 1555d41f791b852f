import type { FakePerson, FakePlatform } from '#test/support/fake-platform.ts';
import type { Core } from '#test/support/slack/core.ts';
import { objectsOf, textOf, type Json } from '#test/support/slack/json.ts';
import { controlsIn, type Control } from '#test/support/slack/reading/blocks.ts';
import { allBlocks } from '#test/support/slack/reading/message.ts';
import type { View } from '#test/support/slack/views.ts';
import { messageJson } from '#test/support/slack/wire.ts';
import { APP_ID, type Message } from '#test/support/slack/world.ts';

import { visibleIn } from '../eyes.ts';
import { channelName, common, enter, userOf, type Repeats } from './common.ts';

/** Where a button stands: in a message, or in a view. */
type Place = { readonly message: Message } | { readonly view: View };

export function pressing(core: Core, repeats: Repeats): Pick<FakePlatform, 'presses'> {
  return {
    async presses(who, room, label, how = {}) {
      await repeats.deliver(how, () => {
        const found = find(core, who, room, label);
        if (!found) throw new Error(`${who.name} sees no button "${label}" in ${room}`);
        return press(core, who, found.place, found.control);
      });
    },
  };
}

function find(
  core: Core,
  who: FakePerson,
  room: string,
  label: string,
): { place: Place; control: Control } | null {
  for (const place of placesFor(core, who, room)) {
    const blocks = 'view' in place ? objectsOf(place.view.body['blocks']) : allBlocks(place.message);
    const control = controlsIn(core.world, blocks).find((it) => it.label === label);
    if (control) return { place, control };
  }
  return null;
}

/** Where they look: the form that is open, the room from its end on, what is between them and the app, their page. */
function placesFor(core: Core, { id }: FakePerson, room: string): readonly Place[] {
  const { world, views } = core;
  const direct = [...world.channels.values()].find((it) => it.peer === id)?.id;
  const channels = [room, ...(direct === undefined || direct === room ? [] : [direct])];
  const messages = channels.flatMap((it) => visibleIn(world, id, it).toReversed());
  const open = [views.top(id), views.home(id)];
  return [
    ...(open[0] ? [{ view: open[0] }] : []),
    ...messages.map((message) => ({ message })),
    ...(open[1] ? [{ view: open[1] }] : []),
  ];
}

function press(core: Core, who: FakePerson, place: Place, control: Control): () => Promise<void> {
  const user = userOf(core, who);
  const ts = core.world.nextTs();
  const payload = {
    ...common(core, user),
    type: 'block_actions',
    trigger_id: core.triggers.make(user.id),
    ...('view' in place ? inView(core, place.view) : inMessage(core, who, place.message)),
    actions: [actionOf(control, ts)],
  };
  return async () => await core.post.deliver({ kind: 'interactive', payload });
}

function actionOf({ element, block, option }: Control, ts: string): Json {
  const type = textOf(element['type']);
  const about = { type, action_id: element['action_id'], block_id: block['block_id'], action_ts: ts };
  const shown = element['placeholder'] === undefined ? null : { placeholder: element['placeholder'] };
  if (option) {
    const isMany = type === 'checkboxes' || type.startsWith('multi_');
    return { ...about, ...shown, ...(isMany ? { selected_options: [option] } : { selected_option: option }) };
  }
  const { text, value, style, url } = element;
  const given = Object.entries({ text, value, style, url }).filter(([, it]) => it !== undefined);
  return { ...about, ...Object.fromEntries(given) };
}

function inView(core: Core, view: View): Json {
  return { container: { type: 'view', view_id: view.id }, view: core.views.json(view) };
}

/** Of a message that only its reader sees, nothing is sent but where it is. */
function inMessage(core: Core, who: FakePerson, message: Message): Json {
  const channel = enter(core, who, message.channel);
  const isEphemeral = message.onlyFor !== null;
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      app_id: APP_ID,
      ...(message.threadTs === null ? null : { thread_ts: message.threadTs }),
    },
    channel: { id: channel.id, name: channelName(channel) },
    ...(isEphemeral ? null : { message: messageJson(core.world, message) }),
    state: { values: {} },
    response_url: core.responses.make('actions', who.id, channel.id, message.ts),
  };
}
