import { InteractionType as Kind, MessageFlags as Flags } from 'discord-api-types/v10';

import type { CommandBody } from '#test/support/discord/checks/commands.ts';
import { commandJson } from '#test/support/discord/commands.ts';
import type { Core } from '#test/support/discord/core.ts';
import { need } from '#test/support/discord/errors.ts';
import type { Callback } from '#test/support/discord/interactions.ts';
import { messageJson } from '#test/support/discord/message-view.ts';
import { removeMessage } from '#test/support/discord/messages.ts';
import { done, ok, RATES, type Call, type Route } from '#test/support/discord/route.ts';
import type { Message } from '#test/support/discord/world.ts';

import { guildAt } from './access.ts';

const HOOK = '/webhooks/{webhook_id}/{webhook_token}';

/** Commands that are registered, answers to what people ask, and what follows them. */
export function interactionRoutes(core: Core): readonly Route[] {
  const json = (message: Message) => messageJson(core.world, core.cdn, message);
  const own = ({ params }: Call) => {
    need(params['webhook_id'] === core.world.appId, 10015);
    return params['webhook_token'] ?? '';
  };
  const hook = (suffix: '@original' | '{message_id}'): Route[] => {
    const path = `${HOOK}/messages/${suffix}`;
    const at = ({ params }: Call) => (suffix === '@original' ? suffix : (params['message_id'] ?? ''));
    const token = { auth: 'token', rate: RATES.webhook } as const;
    return [
      {
        ...token,
        method: 'GET',
        path,
        run: (call) => ok(json(core.interactions.messageOf(core, own(call), at(call)))),
      },
      {
        ...token,
        method: 'PATCH',
        path,
        run: (call) =>
          ok(json(core.interactions.change(core, own(call), at(call), call.body ?? {}, call.files))),
      },
      {
        ...token,
        method: 'DELETE',
        path,
        run: (call) => {
          removeMessage(core, core.interactions.messageOf(core, own(call), at(call)));
          return done;
        },
      },
    ];
  };
  return [
    {
      method: 'POST',
      path: '/interactions/{interaction_id}/{interaction_token}/callback',
      auth: 'token',
      rate: RATES.callback,
      run: (call) => callback(core, call),
    },
    {
      method: 'POST',
      path: HOOK,
      auth: 'token',
      rate: RATES.webhook,
      run: (call) => ok(json(core.interactions.followUp(core, own(call), call.body ?? {}, call.files))),
    },
    ...hook('@original'),
    ...hook('{message_id}'),
    ...commandRoutes(core),
  ];
}

function callback(core: Core, { params, query, body, files }: Call) {
  const { interaction_id: id = '', interaction_token: token = '' } = params;
  const interaction = core.interactions.respond(core, id, token, body as Callback, files);
  if (query.get('with_response') !== 'true') return done;
  const message = core.world.messages.get(interaction.originalId ?? '');
  const { type } = body as Callback;
  return ok({
    interaction: {
      id,
      type: interaction.kind,
      ...(message ? { response_message_id: message.id } : null),
      response_message_loading: message ? (message.flags & Flags.Loading) !== 0 : false,
      response_message_ephemeral: message ? message.onlyFor !== null : false,
      channel_id: interaction.channelId,
      guild_id: core.world.guildId,
    },
    ...(message && interaction.kind !== Kind.ApplicationCommandAutocomplete
      ? { resource: { type, message: messageJson(core.world, core.cdn, message) } }
      : null),
  });
}

function commandRoutes(core: Core): Route[] {
  const bot = { auth: 'bot', rate: RATES.commands } as const;
  const app = ({ params }: Call) => {
    need(params['application_id'] === core.world.appId, 10063);
    if (params['guild_id'] === undefined) return null;
    guildAt(core, params['guild_id']);
    return params['guild_id'];
  };
  return [
    '/applications/{application_id}/commands',
    '/applications/{application_id}/guilds/{guild_id}/commands',
  ].flatMap((path): Route[] => [
    {
      ...bot,
      method: 'GET',
      path,
      run: (call) => ok(core.commands.in(app(call)).map((it) => commandJson(core.world, it))),
    },
    {
      ...bot,
      method: 'PUT',
      path,
      run: (call) =>
        ok(
          core.commands
            .overwrite(app(call), call.body as CommandBody[])
            .map((it) => commandJson(core.world, it)),
        ),
    },
  ]);
}
