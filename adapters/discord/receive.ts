import {
  ApplicationCommandType,
  GatewayDispatchEvents as Events,
  InteractionResponseType as Reply,
  InteractionType,
  type APIApplicationCommandAutocompleteInteraction,
  type APIApplicationCommandInteraction,
  type APIInteraction,
  type APIMessage,
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
} from 'discord-api-types/v10';

import { Recent } from '#src/chat/kept.ts';
import { say } from '#src/chat/message.ts';
import type { Ask, Inbox, Outcome, Ref } from '#src/chat/platform.ts';
import type { Presses } from '#src/chat/presses.ts';
import type { CommandShape } from '#src/chat/shapes.ts';
import { within } from '#src/chat/within.ts';

import type { Answering, Asked } from './answer.ts';
import type { Api } from './api.ts';
import { entered, type Forms } from './forms.ts';
import type { Packet } from './gateway.ts';
import { MAX, PLATFORM } from './limits.ts';
import { apart, focused } from './options.ts';
import type { Places } from './places.ts';
import type { Questions } from './questions.ts';
import { questionRow } from './render.ts';
import type { Said } from './said.ts';
import { wordsOf } from './words.ts';

export interface ReceiveDeps {
  readonly api: Api;
  readonly guildId: string;
  readonly answering: Answering;
  readonly forms: Forms;
  readonly presses: Presses;
  readonly questions: Questions;
  readonly places: Places;
  readonly said: Said;
  /** Throws while nobody listens. */
  readonly inbox: () => Inbox;
  readonly commands: () => readonly CommandShape[];
  /** Work that nobody waits for. */
  readonly later: (work: Promise<unknown>) => void;
}

const STALE: Outcome = {
  type: 'reply',
  message: say('This button is not known any more. Look at the newest card, or type the command.'),
  visible: 'private',
};
const ELSEWHERE = say('This bot belongs to another server.');

/** How long completions are waited for, in milliseconds: an empty list now is better than none. */
const COMPLETION_MS = 350;

/** What the gateway tells, each thing once. */
export function makeReceive(deps: ReceiveDeps): (packet: Packet) => void {
  const recent = new Recent();
  return ({ t, d }) => {
    if (t !== Events.InteractionCreate) return deps.said.heard(t, d);
    const interaction = d as APIInteraction;
    if (recent.isNew(interaction.id)) deps.later(interacted(deps, interaction));
  };
}

async function interacted(deps: ReceiveDeps, interaction: APIInteraction): Promise<void> {
  const { type, guild_id: guild } = interaction;
  if (type === InteractionType.Ping) return;
  if (type === InteractionType.ApplicationCommandAutocomplete) return await complete(deps, interaction);
  const asked = askedBy(interaction);
  if (guild !== undefined && guild !== deps.guildId) return await deps.answering.tell(asked, ELSEWHERE);
  if (type === InteractionType.ApplicationCommand) await commanded(deps, asked, interaction);
  else if (type === InteractionType.ModalSubmit) await submitted(deps, asked, interaction);
  else await pressed(deps, asked, interaction);
}

async function commanded(
  deps: ReceiveDeps,
  asked: Asked,
  interaction: APIApplicationCommandInteraction,
): Promise<void> {
  const ask = askOf(deps, interaction);
  await deps.answering.settle(asked, ask ? invoke(deps, asked, interaction, ask) : Promise.resolve(STALE));
}

function askOf({ commands }: ReceiveDeps, { data }: APIApplicationCommandInteraction): Ask | null {
  if (data.type === ApplicationCommandType.ChatInput) {
    const { command, args } = apart(data);
    return command === '' ? null : { type: 'saved', command, args };
  }
  if (data.type !== ApplicationCommandType.Message) return null;
  const shape = commands().find(({ onMessage }) => onMessage?.label === data.name);
  const message: APIMessage | undefined = data.resolved.messages[data.target_id];
  if (!shape?.onMessage || !message) return null;
  const { asks, arg } = shape.onMessage;
  const by = { platform: PLATFORM, id: message.author.id };
  return { type: asks, command: shape.name, args: { [arg]: wordsOf(message) }, by };
}

/** `p` runs, `y` runs after a question, `c` asks it, `s` is a menu, `f` opens a form. */
async function pressed(
  deps: ReceiveDeps,
  asked: Asked,
  interaction: APIMessageComponentInteraction,
): Promise<void> {
  const [kind, , key = '', arg = ''] = interaction.data.custom_id.split(':');
  if (kind === 'f') return await deps.answering.openForm(asked, key);
  if (kind === 'c') return await question(deps, asked, key);
  const [value] = 'values' in interaction.data ? interaction.data.values : [];
  const chosen = kind === 's' && value !== undefined ? { [arg]: value } : {};
  const outcome = (async () => {
    const saved = await deps.presses.find(key);
    if (!saved) return STALE;
    const { command, args } = saved;
    return await invoke(deps, asked, interaction, { type: 'saved', command, args: { ...args, ...chosen } });
  })();
  await deps.answering.settle({ ...asked, isQuestion: kind === 'y' }, outcome);
}

async function question({ questions, answering }: ReceiveDeps, asked: Asked, key: string): Promise<void> {
  const found = await within(COMPLETION_MS, questions.find(key));
  const { text, label, style } = found?.value ?? { text: 'Do you mean it?', label: 'Yes', style: 'primary' };
  await answering.tell(asked, say(text), questionRow(key, { label, style }));
}

async function submitted(
  deps: ReceiveDeps,
  asked: Asked,
  interaction: APIModalSubmitInteraction,
): Promise<void> {
  const [, key = ''] = interaction.data.custom_id.split(':');
  const outcome = (async () => {
    const form = await deps.forms.find(key);
    if (!form) return STALE;
    const args = entered(form, interaction.data.components);
    return await invoke(deps, asked, interaction, { type: 'form', command: form.command, args });
  })();
  await deps.answering.settle(asked, outcome);
}

async function invoke(
  deps: ReceiveDeps,
  asked: Asked,
  interaction: APIInteraction,
  ask: Ask,
): Promise<Outcome> {
  const room = await roomOf(deps, interaction);
  const person = { platform: PLATFORM, id: asked.person };
  return await deps.inbox().invoked({ id: asked.id, person, room, ask });
}

async function complete(
  deps: ReceiveDeps,
  interaction: APIApplicationCommandAutocompleteInteraction,
): Promise<void> {
  const found = await within(
    COMPLETION_MS,
    choicesFor(deps, interaction).catch(() => []),
  );
  const fitting = (found?.value ?? []).filter(({ value }) => value.length <= MAX.optionValue && value !== '');
  const choices = fitting
    .slice(0, MAX.options)
    .map(({ label, value }) => ({ name: label.slice(0, MAX.optionLabel), value }));
  const params = { interaction_id: interaction.id, interaction_token: interaction.token };
  const type = Reply.ApplicationCommandAutocompleteResult;
  await deps.api.call('callback', params, { body: { type, data: { choices } } });
}

async function choicesFor(
  deps: ReceiveDeps,
  interaction: APIApplicationCommandAutocompleteInteraction,
): Promise<readonly { readonly label: string; readonly value: string }[]> {
  const { command, arg, typed } = focused(interaction.data);
  if (command === '' || arg === '') return [];
  const person = { platform: PLATFORM, id: personOf(interaction) };
  const room = await roomOf(deps, interaction);
  const found = await deps.inbox().choices({ command, arg, typed, person, room });
  if (found.length > 0) return found;
  const lines = await deps.inbox().suggest(`${command} ${typed}`, person, room);
  return lines.map(({ line, help }) => {
    const value = line.slice(command.length).trim();
    return { label: help === '' ? value : `${value}: ${help}`, value };
  });
}

async function roomOf(
  { places }: ReceiveDeps,
  { guild_id: guild, channel }: APIInteraction,
): Promise<Ref | null> {
  if (guild === undefined || !channel) return null;
  return (await places.placeOf(channel.id, channel)).room;
}

function askedBy(interaction: Exclude<APIInteraction, { type: InteractionType.Ping }>): Asked {
  return {
    id: interaction.id,
    token: interaction.token,
    application: interaction.application_id,
    channel: interaction.channel?.id ?? '',
    person: personOf(interaction),
    isDirect: interaction.guild_id === undefined,
    mayOpenForm: interaction.type !== InteractionType.ModalSubmit,
    isQuestion: false,
  };
}

function personOf({ member, user }: APIInteraction): string {
  return member?.user.id ?? user?.id ?? '';
}
