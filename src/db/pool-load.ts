import type { PostgresPool } from 'kysely';

/** How busy the connections of this process are. */
export interface PoolLoad {
  readonly inUse: number;
  /** Who waits for one. */
  readonly waiting: number;
}

/** The same pool, and how busy it is. */
export function counted(pool: PostgresPool): { readonly pool: PostgresPool; readonly load: () => PoolLoad } {
  let inUse = 0;
  let waiting = 0;
  const connect = async () => {
    waiting += 1;
    const client = await pool.connect().finally(() => {
      waiting -= 1;
    });
    inUse += 1;
    const giveBack = client.release.bind(client);
    let isOut = true;
    client.release = (destroy) => {
      if (isOut) inUse -= 1;
      isOut = false;
      giveBack(destroy);
    };
    return client;
  };
  return {
    pool: { ...rest(pool), connect },
    load: () => ({ inUse, waiting }),
  };
}

function rest(pool: PostgresPool): Omit<PostgresPool, 'connect'> {
  const { Client, options } = pool;
  return { options, end: () => pool.end(), ...(Client ? { Client } : {}) };
}
