import {
  SimpleShardingStrategy,
  WebSocketShardEvents,
  type WebSocketManager,
  type WebSocketShard,
} from '@discordjs/ws';
import { GatewayDispatchEvents } from 'discord-api-types/v10';

/** What is needed of the socket that the library keeps for itself. */
interface Connection {
  readonly readyState: number;
  readonly CONNECTING: number;
  on(event: 'error' | 'open', heard: () => void): unknown;
  terminate(): void;
}

/** How it tells what it hears. */
interface Telling {
  emit(event: WebSocketShardEvents, told?: { readonly data?: { readonly t?: unknown } }): boolean;
}

/** The library's way to hold connections, but for two things that it forgets and then needs, which would end the program. */
export function sharding(manager: WebSocketManager): SimpleShardingStrategy {
  const strategy = new SimpleShardingStrategy(manager);
  const spawn = strategy.spawn.bind(strategy);
  strategy.spawn = async (ids) => {
    await spawn(ids);
    const { shards } = strategy as unknown as { readonly shards: ReadonlyMap<number, WebSocketShard> };
    for (const shard of shards.values()) {
      endWell(shard);
      resumeWell(shard, manager);
    }
  };
  return strategy;
}

/** A connection that it gives up while that is still being opened: when that fails later, somebody has to hear of it. */
function endWell(shard: WebSocketShard): void {
  const destroy = shard.destroy.bind(shard);
  shard.destroy = async (options) => {
    const { connection } = shard as unknown as { readonly connection: Connection | null };
    if (connection && connection.readyState === connection.CONNECTING) {
      connection.on('error', () => {});
      connection.on('open', () => connection.terminate());
    }
    await destroy(options);
  };
}

/** A session that Discord ends as it is taken up again: that it was is told when nothing is known of it any more. */
function resumeWell(shard: WebSocketShard, { options }: WebSocketManager): void {
  const telling: Telling = shard;
  const emit = telling.emit.bind(shard);
  telling.emit = (event, told) => {
    const isResumed =
      event === WebSocketShardEvents.Dispatch && told?.data?.t === GatewayDispatchEvents.Resumed;
    return isResumed && !options.retrieveSessionInfo(shard.id) ? false : emit(event, told);
  };
}
