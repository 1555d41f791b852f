/**
 * The words that two texts about the same fault have in common: `HighServerLatencyP90` is four of them,
 * what names one machine, request or moment is none, and what the trade has several words for is one.
 */
export function wordsOf(text: string): string[] {
  return text
    .normalize('NFKC')
    .replaceAll(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && word.length <= LONGEST && !isId(word) && !FILLERS.has(word))
    .map((word) => SAME.get(word) ?? word);
}

/** What is longer was made by a machine. */
const LONGEST = 40;

/** Numbers, and letters mixed with digits as in `578fcf4766` or `9csqn`; `p90`, `5xx`, `s3` and `http2` are words. */
function isId(word: string): boolean {
  if (/^\d+$/.test(word)) return true;
  return word.length >= 5 && /\d/.test(word) && !/^\p{L}{2,}\d{1,2}$/u.test(word);
}

const FILLERS: ReadonlySet<string> = new Set(
  'a an and are at be been by for from has have in is it its more of on or over than that the this to was were with'.split(
    ' ',
  ),
);

/** Short forms and near synonyms of the trade; each row is one word. */
const SAME: ReadonlyMap<string, string> = new Map(
  [
    'memory mem oom ram',
    'latency slow slowness lag delay delayed',
    'error errors failure failures failed failing fails exception exceptions',
    'down unavailable unreachable outage offline dead',
    'timeout timeouts timed',
    'database db databases',
    'connection connections conn conns',
    'disk storage volume filesystem',
    'full exhausted exhaustion filling',
    'restart restarts restarted restarting crashloop crashlooping crash crashed crashes crashing',
    'certificate cert certs certificates tls ssl',
    'expired expires expiring expiry',
    'deploy deployment deployed rollout release released',
    'queue backlog queues',
    'request requests req',
    'network net',
    'kubernetes k8s',
    'postgres postgresql pg',
    'configuration config',
  ].flatMap((row) => {
    const [first = '', ...others] = row.split(' ');
    return others.map((word): [string, string] => [word, first]);
  }),
);
