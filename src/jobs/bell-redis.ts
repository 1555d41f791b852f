import type { Wire, WireEar } from './bell.ts';
import { connectRedis, type RedisLink } from './redis.ts';

interface OverRedis {
  readonly url: string;
  /** Over which is sent; whoever made it closes it. */
  readonly link: RedisLink;
  /** What the channel begins with (`redisPrefix`). */
  readonly prefix: string;
}

/** Hands short texts to all processes on a Redis, by its publish and subscribe. Hearing takes a connection of its own. */
export function redisWire({ url, link, prefix }: OverRedis, { heard, changed }: WireEar): Wire {
  const channel = `${prefix}:bell`;
  let isSubscribed = false;
  // What is heard is of no use where nobody can say anything.
  const tell = () => changed(isSubscribed && ears.isUp() && link.isUp());
  link.watch(tell);
  const ears = connectRedis(url, { name: 'incident-manager-bell', waits: true, changed: tell });
  ears.redis.on('message', (_channel: string, text: string) => heard(text));
  // It waits for the connection, and is done anew by the library after each that was lost.
  const subscribing = async () => {
    await ears.redis.subscribe(channel);
    isSubscribed = true;
    tell();
  };
  subscribing().catch(() => {});
  return {
    async send(texts) {
      for (const text of texts) await link.redis.publish(channel, text);
    },
    async close() {
      ears.close();
    },
  };
}
