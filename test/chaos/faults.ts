import { setTimeout as sleep } from 'node:timers/promises';

import { realClock } from '#src/jobs/clock.ts';
import type { Random } from '#test/pages/random.ts';
import type { ClusterNode } from '#test/support/cluster-node.ts';
import { CHATS, PROVIDERS, type Chat, type Outside } from '#test/support/cluster-outside.ts';
import type { Cluster } from '#test/support/cluster.ts';
import type { Trouble } from '#test/support/fake-platform.ts';

/** Something that went wrong, and when it was over. Milliseconds since 1970. */
export interface Span {
  readonly kind: string;
  /** Which part. */
  readonly at: string;
  readonly from: number;
  until: number;
}

type Kind = keyof typeof WEIGHTS;

/** How often each comes, beside the others. Those of Redis are left out where there is none. */
const WEIGHTS = {
  kill: 14,
  freeze: 8,
  stop: 5,
  'kill all': 1,
  'database restart': 3,
  'database cut': 9,
  'database hangs': 5,
  'database slow': 6,
  'redis flush': 7,
  'redis kill': 4,
  'redis freeze': 3,
  'redis cut': 7,
  'chat down': 4,
  'chat trouble': 10,
  'chat dropped': 4,
  'provider trouble': 12,
} as const;

/** What each chat meets at the calls that matter most: the making of rooms and the saying of things. */
const METHODS: Readonly<Record<Chat, readonly string[]>> = {
  slack: ['chat.postMessage', 'chat.update', 'conversations.create', 'conversations.open', 'pins.add'],
  teams: [
    'POST /v3/conversations/{id}/activities',
    'PUT /v3/conversations/{id}/activities/{id}',
    'POST /v3/conversations',
    'POST /teams/{id}/channels',
  ],
  discord: ['POST /channels/{channel_id}/messages', 'PATCH /channels/{channel_id}/messages/{message_id}'],
};

/** Throws faults at a cluster, one after the other and often several at once, as a seed has it. */
export class Faults {
  readonly spans: Span[] = [];
  readonly counts = new Map<string, number>();
  readonly #cluster: Cluster;
  readonly #outside: Outside;
  readonly #random: Random;
  /** What is broken at the moment; it is not broken a second time. */
  readonly #busy = new Set<string>();
  readonly #under = new Set<Promise<void>>();
  /** Faults that could not be thrown as they were meant. */
  readonly troubles: string[] = [];

  constructor(cluster: Cluster, outside: Outside, random: Random) {
    this.#cluster = cluster;
    this.#outside = outside;
    this.#random = random;
  }

  /** One more; resolves when the next may come. */
  async next(): Promise<void> {
    for (let tries = 0; tries < 20; tries += 1) {
      const kind = this.#kind();
      const parts = this.#partsOf(kind).filter((it) => !this.#busy.has(it.part));
      if (parts.length === 0) continue;
      const { part, act } = this.#random.of(parts);
      this.#begin(kind, part, act);
      break;
    }
    await sleep(this.#random.int(200, 2800));
  }

  /** Redis is emptied as often as this at least. */
  async flushAtLeast(times: number): Promise<void> {
    const { redis } = this.#cluster;
    if (!redis) return;
    while ((this.counts.get('redis flush') ?? 0) < times) {
      this.#begin('redis flush', 'redis', async () => await redis.flush());
      await sleep(500);
    }
  }

  /** Resolves when nothing is broken any more. */
  async over(): Promise<void> {
    await Promise.all(this.#under);
  }

  #kind(): Kind {
    const kinds = Object.entries(WEIGHTS) as [Kind, number][];
    const total = kinds.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.#random.next() * total;
    for (const [kind, weight] of kinds) {
      left -= weight;
      if (left < 0) return kind;
    }
    return 'kill';
  }

  #begin(kind: Kind, part: string, act: () => Promise<void>): void {
    const span: Span = { kind, at: part, from: realClock.now().getTime(), until: Infinity };
    this.spans.push(span);
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    this.#busy.add(part);
    const run = async () => {
      try {
        await act();
      } catch (error) {
        this.troubles.push(`${kind} at ${part}: ${String(error)}`);
      } finally {
        span.until = realClock.now().getTime();
        this.#busy.delete(part);
      }
    };
    const under = run();
    this.#under.add(under);
    void under.finally(() => this.#under.delete(under));
  }

  #partsOf(kind: Kind): readonly Part[] {
    const { nodes, redis } = this.#cluster;
    const { name, how } = splitKind(kind);
    if (name === 'node') return nodes.map((it) => ({ part: it.name, act: () => this.#breakNode(it, kind) }));
    if (kind === 'kill all') return this.#everyNode();
    if (kind === 'database restart') return [{ part: 'database', act: () => this.#restartDatabase() }];
    if (name === 'database') return nodes.flatMap((it) => this.#wire(it, 'database', how));
    if (name === 'redis' && redis === null) return [];
    if (kind === 'redis cut') return nodes.flatMap((it) => this.#wire(it, 'redis', how));
    if (name === 'redis') return [{ part: 'redis', act: () => this.#breakRedis(how) }];
    if (name === 'chat') return CHATS.map((it) => ({ part: it, act: () => this.#breakChat(it, how) }));
    return [...PROVIDERS, 'smtp' as const].map((it) => ({ part: it, act: () => this.#breakProvider(it) }));
  }

  async #breakNode(node: ClusterNode, kind: Kind): Promise<void> {
    const { int, chance } = bound(this.#random);
    if (node.state === 'off') {
      node.start();
    } else if (kind === 'freeze') {
      const ms = chance(0.3) ? int(8000, 20_000) : int(200, 4000);
      node.freeze();
      await sleep(ms);
      return node.thaw();
    } else if (kind === 'stop') {
      const code = await node.stop();
      // What had to be killed is told by the node itself.
      if (code !== 0 && code !== null) this.troubles.push(`${node.name} stopped with ${code}`);
    } else {
      await node.kill();
    }
    await sleep(int(0, 3000));
    if (node.state === 'off') node.start();
    // One in four is killed while it starts, too.
    if (kind === 'kill' && chance(0.25)) {
      await sleep(int(0, 3000));
      await node.kill();
      node.start();
    }
    await node.ready();
  }

  #everyNode(): readonly Part[] {
    const { nodes } = this.#cluster;
    if (nodes.some((it) => this.#busy.has(it.name))) return [];
    const act = async () => {
      for (const it of nodes) this.#busy.add(it.name);
      await Promise.all(nodes.map((it) => it.kill()));
      for (const it of nodes) it.start();
      await Promise.all(nodes.map((it) => it.ready()));
      for (const it of nodes) this.#busy.delete(it.name);
    };
    return [{ part: 'all nodes', act }];
  }

  async #restartDatabase(): Promise<void> {
    const { database } = this.#cluster;
    const { int, chance } = bound(this.#random);
    await database.down(chance(0.5) ? 'fast' : 'immediate');
    await sleep(int(0, 3000));
    await database.up();
  }

  #wire(node: ClusterNode, to: 'database' | 'redis', how: string): readonly Part[] {
    const wire = node.wires[to];
    if (!wire) return [];
    const { int } = bound(this.#random);
    const act = async () => {
      if (how === 'slow') wire.delay(int(5, 300));
      else if (how === 'hangs') wire.hang();
      else wire.cut();
      await sleep(how === 'hangs' ? int(500, 15_000) : int(200, 5000));
      wire.mend();
    };
    return [{ part: `${node.name} to ${to}`, act }];
  }

  async #breakRedis(how: string): Promise<void> {
    const { redis } = this.#cluster;
    const { int } = bound(this.#random);
    if (!redis) return;
    if (how === 'flush') return await redis.flush();
    if (how === 'freeze') {
      redis.freeze();
      await sleep(int(300, 6000));
      return redis.thaw();
    }
    await redis.kill();
    await sleep(int(0, 5000));
    await redis.restart();
  }

  async #breakChat(chat: Chat, how: string): Promise<void> {
    const { trouble } = this.#outside.chats[chat];
    const { int } = bound(this.#random);
    if (how === 'dropped') return trouble.dropConnections();
    if (how === 'down') {
      trouble.down();
      await sleep(int(500, 8000));
      return trouble.back();
    }
    const some: readonly Trouble[] = [
      { status: 429, retryAfterS: int(1, 3) },
      { status: 500 },
      { status: 503 },
      { lost: true },
      { delayMs: int(500, 12_000) },
    ];
    trouble.next(this.#random.of(METHODS[chat]), this.#random.of(some));
  }

  async #breakProvider(at: (typeof PROVIDERS)[number] | 'smtp'): Promise<void> {
    const { int } = bound(this.#random);
    if (at === 'smtp') {
      return this.#outside.mailTrouble(
        this.#random.of([
          { reply: { code: 451, text: 'try again later' } },
          { drop: 'before' as const },
          { drop: 'after' as const },
          { delayMs: int(500, 12_000) },
          { at: 'connect' as const, reply: { code: 421, text: 'too busy' } },
        ]),
      );
    }
    this.#outside.trouble(
      at,
      this.#random.of([
        { status: 500 },
        { status: 503, headers: { 'retry-after': `${int(1, 3)}` } },
        { status: 429, headers: { 'retry-after': `${int(1, 3)}` } },
        { drop: 'before' as const },
        { drop: 'after' as const },
        { delayMs: int(500, 12_000) },
      ]),
    );
  }
}

interface Part {
  readonly part: string;
  readonly act: () => Promise<void>;
}

function splitKind(kind: Kind): { readonly name: string; readonly how: string } {
  const [first = '', how = ''] = kind.split(' ');
  return how === '' ? { name: 'node', how: first } : { name: first, how };
}

function bound(random: Random): Pick<Random, 'int' | 'chance'> {
  return { int: (from, to) => random.int(from, to), chance: (share) => random.chance(share) };
}
