import { SimpleShardingStrategy, type WebSocketManager, type WebSocketShard } from '@discordjs/ws';

/** What is needed of the socket that the library keeps for itself. */
interface Connection {
  readonly readyState: number;
  readonly CONNECTING: number;
  on(event: 'error' | 'open', heard: () => void): unknown;
  terminate(): void;
}

/**
 * The library's way to hold connections, but for one thing: it forgets a connection that it gives up while that is
 * still being opened, and when that fails later nobody hears of it, which ends the program. Here somebody does.
 */
export function sharding(manager: WebSocketManager): SimpleShardingStrategy {
  const strategy = new SimpleShardingStrategy(manager);
  const spawn = strategy.spawn.bind(strategy);
  strategy.spawn = async (ids) => {
    await spawn(ids);
    const { shards } = strategy as unknown as { readonly shards: ReadonlyMap<number, WebSocketShard> };
    for (const shard of shards.values()) endWell(shard);
  };
  return strategy;
}

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
