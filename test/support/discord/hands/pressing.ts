import { ComponentType as Type, InteractionType as Kind } from 'discord-api-types/v10';

import { flat } from '#test/support/discord/checks/components.ts';
import { inputsOf } from '#test/support/discord/checks/modal.ts';
import type { Core } from '#test/support/discord/core.ts';
import { valueOf, visible } from '#test/support/discord/eyes/eyes.ts';
import { labelOf, optionsOf } from '#test/support/discord/eyes/seen.ts';
import { textOf } from '#test/support/discord/json.ts';
import type { Channel, Json, Message } from '#test/support/discord/world.ts';

import type { Asking } from './asking.ts';
import { resolvedUsers } from './commanding.ts';

interface Found {
  readonly message: Message;
  readonly channel: Channel;
  readonly data: Json;
}

/** Presses the newest button, or picks the newest option, of this label that the person can see there or directly. */
export async function press(
  core: Core,
  asking: Asking,
  {
    userId,
    room,
    label,
    delivery,
  }: { userId: string; room: string; label: string; delivery: string | undefined },
) {
  const found = find(core, userId, room, label);
  if (!found) throw new Error(`There is no \`${label}\` to press`);
  const { message: source, channel, data } = found;
  return await asking.ask({ kind: Kind.MessageComponent, userId, channel, data, source }, delivery);
}

function find(core: Core, userId: string, room: string, label: string): Found | null {
  const { world } = core;
  const channels = [world.channels.get(room), world.directWith(userId)].filter((it) => it !== undefined);
  const messages = channels
    .flatMap((channel) => visible(world, userId, channel).map((message) => ({ channel, message })))
    .toSorted((a, b) => (BigInt(a.message.id) < BigInt(b.message.id) ? 1 : -1));
  for (const { channel, message } of messages) {
    for (const it of flat(message.components)) {
      const data = dataOf(core, it, label);
      if (data) return { message, channel, data };
    }
  }
  return null;
}

function dataOf(core: Core, it: Json, label: string): Json | null {
  if (it['disabled'] === true || typeof it['custom_id'] !== 'string') return null;
  const about = { custom_id: it['custom_id'], component_type: it['type'], id: it['id'] };
  if (it['type'] === Type.Button) return labelOf(it) === label || it['label'] === label ? about : null;
  if (it['type'] === Type.StringSelect) {
    const option = optionsOf(it).find((one) => labelOf(one) === label || one['label'] === label);
    return option ? { ...about, values: [option['value']] } : null;
  }
  if (it['type'] !== Type.UserSelect) return null;
  const user = [...core.world.users.values()].find(({ name }) => name === label);
  return user ? { ...about, values: [user.id], resolved: resolvedUsers(core, [user.id]) } : null;
}

/** Sends the form that stands open for somebody, with these answers and what was in it already. */
export async function submit(
  core: Core,
  asking: Asking,
  {
    userId,
    answers,
    delivery,
  }: { userId: string; answers: Readonly<Record<string, string>>; delivery: string | undefined },
) {
  const { modals } = core.interactions;
  const open = modals.get(userId);
  if (!open) throw new Error('No form stands open.');
  const { modal, source } = open;
  const channel = core.world.channels.get(open.channelId);
  if (!channel) throw new Error('The channel of the form is gone.');
  const known = inputsOf(modal.components).flatMap(({ input, label }) => [textOf(input, 'custom_id'), label]);
  const unknown = Object.keys(answers).filter((it) => !known.includes(it));
  if (unknown.length > 0) {
    throw new Error(`The form has no field ${unknown.join(', ')}; it has: ${known.join(', ')}`);
  }
  const people: string[] = [];
  const components = modal.components.flatMap((it) => filled(core, it, answers, people));
  modals.delete(userId);
  const data = {
    custom_id: modal.custom_id,
    components,
    ...(people.length > 0 ? { resolved: resolvedUsers(core, people) } : null),
  };
  return await asking.ask({ kind: Kind.ModalSubmit, userId, channel, data, source }, delivery);
}

function filled(core: Core, top: Json, answers: Readonly<Record<string, string>>, people: string[]): Json[] {
  if (top['type'] === Type.TextDisplay) return [{ type: Type.TextDisplay, id: top['id'] ?? 0 }];
  const [one] = inputsOf([top]);
  if (!one) return [];
  const { input, label } = one;
  const id = textOf(input, 'custom_id');
  const given = answers[id] ?? answers[label] ?? valueOf(input);
  const entered = {
    type: input['type'],
    custom_id: id,
    id: input['id'] ?? 0,
    ...entry(core, input, given, people),
  };
  if (top['type'] === Type.Label) return [{ type: Type.Label, id: top['id'] ?? 0, component: entered }];
  return [{ type: Type.ActionRow, id: top['id'] ?? 0, components: [entered] }];
}

/** What somebody enters in one field. Throws where the app would not let them send it. */
function entry(core: Core, input: Json, given: string, people: string[]): Json {
  const name = textOf(input, 'custom_id');
  const isRequired = input['required'] !== false;
  if (isRequired && given === '') throw new Error(`Discord does not send the form without ${name}.`);
  if (input['type'] === Type.TextInput) {
    const min = Number(input['min_length'] ?? 0);
    const max = Number(input['max_length'] ?? 4000);
    if (given !== '' && (given.length < min || given.length > max)) {
      throw new Error(`Discord does not take ${given.length} characters for ${name}.`);
    }
    return { value: given };
  }
  if (input['type'] === Type.UserSelect) {
    const ids = given === '' ? [] : given.split(',').map((it) => personOf(core, it));
    people.push(...ids);
    return { values: ids };
  }
  const wanted = given === '' ? [] : [given];
  const options = optionsOf(input);
  const values = wanted.map((it) => {
    const option = options.find((one) => one['value'] === it) ?? options.find((one) => one['label'] === it);
    if (!option) {
      throw new Error(
        `Discord offers no \`${it}\` for ${name}; it offers: ${options.map((one) => textOf(one, 'label')).join(', ')}`,
      );
    }
    return textOf(option, 'value');
  });
  return input['type'] === Type.RadioGroup ? { value: values[0] ?? null } : { values };
}

function personOf({ world }: Core, given: string): string {
  const name = given.replace(/^<@!?|>$|^@/g, '');
  const user = [...world.users.values()].find((it) => [it.id, it.username, it.name].includes(name));
  if (!user) throw new Error(`Discord knows nobody called ${given}`);
  return user.id;
}
