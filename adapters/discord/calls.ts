import type {
  APIApplication,
  APIApplicationCommand,
  APIChannel,
  APIGatewayBotInfo,
  APIGuild,
  APIGuildChannel,
  APIGuildMember,
  APIMessage,
  APIRole,
  APIThreadList,
  APIUser,
} from 'discord-api-types/v10';

/** Names of `PermissionFlagsBits`. */
export type Permission =
  | 'AddReactions'
  | 'AttachFiles'
  | 'Connect'
  | 'CreatePrivateThreads'
  | 'CreatePublicThreads'
  | 'ManageChannels'
  | 'ManageRoles'
  | 'ManageThreads'
  | 'PinMessages'
  | 'ReadMessageHistory'
  | 'SendMessages'
  | 'SendMessagesInThreads'
  | 'ViewChannel';

export interface Spec {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As Discord's own description of its API writes it. */
  readonly path: string;
  readonly needs: readonly Permission[];
  /** `answer`: not under the limit of 50 calls a second, which all others share; each route has its own limit besides. */
  readonly tier: 'answer' | 'shared';
  /** Doing it twice is like doing it once, so a try that failed is repeated at once. */
  readonly again: boolean;
}

/** Every method of Discord's API that this program uses, and nothing else: the invitation asks for what they need. */
export const CALLS = {
  me: to<APIUser>()(get('/users/@me')),
  application: to<APIApplication>()(get('/applications/@me')),
  gateway: to<APIGatewayBotInfo>()(get('/gateway/bot')),
  guild: to<APIGuild>()(get('/guilds/{guild_id}')),

  channels: to<APIGuildChannel[]>()(get('/guilds/{guild_id}/channels', 'ViewChannel')),
  channel: to<APIChannel>()(get('/channels/{channel_id}', 'ViewChannel')),
  makeChannel: to<APIGuildChannel>()(
    shared('POST', '/guilds/{guild_id}/channels', false, 'ManageChannels', 'ManageRoles'),
  ),
  makeVoice: to<APIGuildChannel>()(
    shared('POST', '/guilds/{guild_id}/channels', false, 'ManageChannels', 'ManageRoles', 'Connect'),
  ),
  changeChannel: to<APIChannel>()(
    shared('PATCH', '/channels/{channel_id}', true, 'ManageChannels', 'ManageThreads'),
  ),
  dropChannel: to<APIChannel>()(shared('DELETE', '/channels/{channel_id}', true, 'ManageChannels')),
  letIn: to<undefined>()(
    shared('PUT', '/channels/{channel_id}/permissions/{overwrite_id}', true, 'ManageRoles'),
  ),

  threads: to<APIThreadList>()(get('/guilds/{guild_id}/threads/active')),
  makeThread: to<APIChannel>()(
    shared(
      'POST',
      '/channels/{channel_id}/threads',
      false,
      'CreatePublicThreads',
      'CreatePrivateThreads',
      'SendMessagesInThreads',
    ),
  ),
  threadBelow: to<APIChannel>()(
    shared('POST', '/channels/{channel_id}/messages/{message_id}/threads', false, 'CreatePublicThreads'),
  ),
  joinThread: to<undefined>()(
    shared('PUT', '/channels/{channel_id}/thread-members/{user_id}', true, 'SendMessagesInThreads'),
  ),

  messages: to<APIMessage[]>()(get('/channels/{channel_id}/messages', 'ReadMessageHistory')),
  message: to<APIMessage>()(get('/channels/{channel_id}/messages/{message_id}', 'ReadMessageHistory')),
  // Its nonce makes a repeat of it harmless.
  post: to<APIMessage>()(
    shared('POST', '/channels/{channel_id}/messages', true, 'SendMessages', 'SendMessagesInThreads'),
  ),
  attach: to<APIMessage>()(shared('POST', '/channels/{channel_id}/messages', true, 'AttachFiles')),
  edit: to<APIMessage>()(shared('PATCH', '/channels/{channel_id}/messages/{message_id}', true)),
  remove: to<undefined>()(shared('DELETE', '/channels/{channel_id}/messages/{message_id}', true)),
  pin: to<undefined>()(
    shared('PUT', '/channels/{channel_id}/messages/pins/{message_id}', true, 'PinMessages'),
  ),
  react: to<undefined>()(
    shared(
      'PUT',
      '/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me',
      true,
      'AddReactions',
    ),
  ),
  unreact: to<undefined>()(
    shared('DELETE', '/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me', true),
  ),

  openDirect: to<APIChannel>()(shared('POST', '/users/@me/channels', true)),
  member: to<APIGuildMember>()(get('/guilds/{guild_id}/members/{user_id}')),
  members: to<APIGuildMember[]>()(get('/guilds/{guild_id}/members')),
  roles: to<APIRole[]>()(get('/guilds/{guild_id}/roles')),
  makeRole: to<APIRole>()(shared('POST', '/guilds/{guild_id}/roles', false, 'ManageRoles')),
  giveRole: to<undefined>()(
    shared('PUT', '/guilds/{guild_id}/members/{user_id}/roles/{role_id}', true, 'ManageRoles'),
  ),
  takeRole: to<undefined>()(
    shared('DELETE', '/guilds/{guild_id}/members/{user_id}/roles/{role_id}', true, 'ManageRoles'),
  ),

  commands: to<APIApplicationCommand[]>()(get('/applications/{application_id}/guilds/{guild_id}/commands')),
  setCommands: to<APIApplicationCommand[]>()(
    shared('PUT', '/applications/{application_id}/guilds/{guild_id}/commands', true),
  ),

  callback: to<undefined>()(answering('POST', '/interactions/{interaction_id}/{interaction_token}/callback')),
  changeAnswer: to<APIMessage>()(
    answering('PATCH', '/webhooks/{webhook_id}/{webhook_token}/messages/@original'),
  ),
  dropAnswer: to<undefined>()(
    answering('DELETE', '/webhooks/{webhook_id}/{webhook_token}/messages/@original'),
  ),
} as const satisfies Readonly<Record<string, Spec>>;

export type CallName = keyof typeof CALLS;

/** What Discord answers to it. */
export type AnswerTo<N extends CallName> = NonNullable<(typeof CALLS)[N]['answer']>;

/** What its path has to be filled with. */
export type ParamsOf<N extends CallName> = Readonly<Record<Blanks<(typeof CALLS)[N]['path']>, string>>;

type Blanks<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Blanks<Rest>
  : never;

/** A call, and what comes of it. */
type To<S extends Spec, A> = S & {
  /** Never there: it carries the type. */
  readonly answer?: A;
};

function to<A>(): <const S extends Spec>(spec: S) => To<S, A> {
  return (spec) => spec;
}

function get<const P extends string>(path: P, ...needs: readonly Permission[]) {
  return { method: 'GET', path, needs, tier: 'shared', again: true } as const;
}

function shared<const M extends Spec['method'], const P extends string>(
  method: M,
  path: P,
  again: boolean,
  ...needs: readonly Permission[]
) {
  return { method, path, needs, tier: 'shared', again } as const;
}

function answering<const M extends Spec['method'], const P extends string>(method: M, path: P) {
  return { method, path, needs: [], tier: 'answer', again: true } as const;
}
