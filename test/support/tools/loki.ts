import {
  Refused,
  startFakeServer,
  type FakeServer,
  type Received,
} from '#test/support/notify/fake-server.ts';

export const LOKI_TOKEN = 'loki-token-of-tests';
export const LOKI_TENANT = 'shop';

export interface FakeLoki extends FakeServer {
  /** Has these lines stored, from now on. */
  store(stream: Readonly<Record<string, string>>, lines: readonly (readonly [Date, string])[]): void;
}

/** Loki, as far as it answers `query_range`: it refuses what the real one refuses, and finds lines by label and by `|=`. */
export async function startLoki(): Promise<FakeLoki> {
  const stored: { stream: Readonly<Record<string, string>>; lines: readonly (readonly [Date, string])[] }[] =
    [];
  const server = await startFakeServer((request) => ({
    status: 200,
    body: { status: 'success', data: { resultType: 'streams', result: found(stored, query(request)) } },
  }));
  return { ...server, store: (stream, lines) => void stored.push({ stream, lines }) };
}

interface Query {
  readonly labels: ReadonlyMap<string, string>;
  readonly contains: readonly string[];
  readonly from: bigint;
  readonly to: bigint;
  readonly limit: number;
}

/** Refuses in the words of the real one, which are plain text. */
function query({ method, path, headers }: Received): Query {
  const url = new URL(path, 'http://loki');
  if (method !== 'GET' || url.pathname !== '/loki/api/v1/query_range') {
    throw new Refused(404, '404 page not found\n');
  }
  if (headers['x-scope-orgid'] !== LOKI_TENANT) throw new Refused(401, 'no org id\n');
  if (headers.authorization !== `Bearer ${LOKI_TOKEN}`) throw new Refused(401, 'unauthorized\n');
  const given = Object.fromEntries(url.searchParams);
  const { query: text = '', start = '', end = '', limit = '100', direction = 'backward' } = given;
  const unknown = Object.keys(given).filter(
    (it) => !['query', 'start', 'end', 'limit', 'direction'].includes(it),
  );
  if (unknown.length > 0) throw new Refused(400, `unknown parameter ${unknown.join()}\n`);
  if (!/^\d{19}$/.test(start) || !/^\d{19}$/.test(end)) {
    throw new Refused(400, 'could not parse start or end\n');
  }
  if (BigInt(end) <= BigInt(start)) {
    throw new Refused(400, 'end timestamp must not be before or equal to start time\n');
  }
  if (!/^\d+$/.test(limit) || Number(limit) > 5000) {
    throw new Refused(400, 'max entries limit per query exceeded\n');
  }
  if (!/^(?:forward|backward)$/.test(direction)) throw new Refused(400, 'invalid direction\n');
  return { ...parse(text), from: BigInt(start), to: BigInt(end), limit: Number(limit) };
}

const SELECTOR = /^\s*\{\s*(?<matchers>\w+\s*=\s*"[^"]*"(?:\s*,\s*\w+\s*=\s*"[^"]*")*)\s*\}(?<rest>.*)$/s;

function parse(text: string): Pick<Query, 'labels' | 'contains'> {
  const { matchers, rest = '' } = SELECTOR.exec(text)?.groups ?? {};
  const left = rest.replaceAll(/\s*\|=\s*"(?:[^"\\]|\\.)*"/g, '');
  if (matchers === undefined || left.trim() !== '') {
    throw new Refused(400, `parse error at line 1, col 1: syntax error: unexpected ${text.slice(0, 20)}\n`);
  }
  return {
    labels: new Map(
      [...matchers.matchAll(/(\w+)\s*=\s*"([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
    ),
    contains: [...rest.matchAll(/\|=\s*("(?:[^"\\]|\\.)*")/g)].map(
      ([, word = '""']) => JSON.parse(word) as string,
    ),
  };
}

function found(
  stored: readonly {
    stream: Readonly<Record<string, string>>;
    lines: readonly (readonly [Date, string])[];
  }[],
  { labels, contains, from, to, limit }: Query,
) {
  let left = limit;
  return stored
    .filter(({ stream }) => [...labels].every(([name, value]) => stream[name] === value))
    .flatMap(({ stream, lines }) => {
      const values = lines
        .map(([at, line]) => [BigInt(at.getTime()) * 1_000_000n, line] as const)
        .filter(([at, line]) => at >= from && at < to && contains.every((word) => line.includes(word)))
        .slice(0, left)
        .map(([at, line]) => [String(at), line]);
      left -= values.length;
      return values.length === 0 ? [] : [{ stream, values }];
    });
}
