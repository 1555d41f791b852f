import type { Dice } from './dice.ts';

const HEX = '0123456789abcdef';
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';

/** What programs write when nothing in it is secret, with figures and names that look like more than they are. */
const LINES: readonly ((dice: Dice) => string)[] = [
  (it) => `${time(it)} INFO  http GET /api/v1/orders/${it.number(1, 9e6)} 200 ${it.number(1, 900)}ms`,
  (it) =>
    `${ip(it)} - - [21/Nov/2026:10:${two(it)}:${two(it)} +0000] "GET /health HTTP/1.1" 200 ${it.number(2, 9e4)} "-" "kube-probe/1.31"`,
  (it) => `trace_id=${it.text(HEX, 32)} span_id=${it.text(HEX, 16)} sampled=1`,
  (it) =>
    `{"ts":${1_790_000_000_000 + it.number(0, 9e9)},"level":"error","msg":"upstream timed out","id":"${uuid(it)}"}`,
  (it) => `Pod checkout-${it.text(HEX, 9)}-${it.text(BASE36, 5)} was OOMKilled (exit code 137)`,
  (it) => `node ip-10-0-${it.number(0, 255)}-${it.number(0, 255)}.eu-west-1.compute.internal is NotReady`,
  (it) => `Pulled image registry.example.net/shop/checkout@sha256:${it.text(HEX, 64)}`,
  (it) => `commit ${it.text(HEX, 40)} deployed by pipeline ${it.number(1e6, 9e6)}`,
  (it) => `rabbit@rabbit-${it.number(0, 4)}.rabbit.default.svc.cluster.local: memory alarm set`,
  (it) => `container_memory_working_set_bytes ${it.number(1e9, 9e12)}`,
  (it) => `process_start_time_seconds 1.79${it.number(1e6, 9e6)}e+09`,
  (it) => `took ${it.number(1e9, 9e9)}${it.number(1e5, 9e5)} ns, deadline 1790${it.number(1e11, 9e11)}000`,
  (it) => `cache key=user:${it.number(1, 9e5)}:profile missed`,
  (it) => `cache_key=${it.text(HEX, 32)} evicted after ${it.number(1, 90)} s`,
  () => 'invalid password: user not found',
  () => 'login failed: wrong password or the token has expired',
  () => 'secret "checkout-tls" not found in namespace payments',
  () => 'the authorization header is missing',
  (it) => `max_tokens: ${it.number(100, 9000)}, prompt_tokens=${it.number(100, 9000)}`,
  (it) => `key: orders-${it.number(1, 99)}/2026/11/21/part-${it.number(1000, 9999)}.parquet`,
  (it) => `partition=orders-${it.number(0, 63)} offset=${it.number(1e9, 9e9)} lag=${it.number(0, 9e4)}`,
  (it) =>
    `version 1.${it.number(0, 99)}.${it.number(0, 99)}-rc.${it.number(1, 9)}+build.${it.number(1e5, 9e5)}`,
  (it) => `at com.example.shop.checkout.CartService.total(CartService.java:${it.number(1, 900)})`,
  (it) =>
    `goroutine ${it.number(1, 9e4)} [running]: main.(*Server).handle(0xc000${it.text(HEX, 6)}, 0x${it.text(HEX, 8)})`,
  (it) =>
    `mac ${Array.from({ length: 6 }, () => it.text(HEX, 2)).join(':')} link down on eth${it.number(0, 4)}`,
  (it) => `connect to [fe80::${it.text(HEX, 4)}:${it.text(HEX, 4)}]:9092 refused`,
  (it) => `arn:aws:sqs:eu-west-1:${it.number(1e11, 9e11)}:orders has ${it.number(1, 9e5)} messages`,
  (it) => `i-0${it.text(HEX, 16)} vol-0${it.text(HEX, 16)} detached`,
  (it) => `rate(http_requests_total{job="checkout",code=~"5.."}[5m]) / ${it.number(1, 100)} > 0.05`,
  (it) =>
    `SELECT * FROM orders WHERE id = ${it.number(1e8, 9e8)} took ${it.number(1, 99)}.${it.number(100, 999)} s`,
  (it) => `worker-${it.number(1, 64)} queue depth ${it.number(1, 1e6)} (+${it.number(10, 900)} % in 5 min)`,
  (it) =>
    `TLS certificate CN=shop.example.com expires in ${it.number(1, 30)} days, serial ${it.text(HEX, 32)}`,
  (it) =>
    `batch 2026-11-${two(it)} ${it.number(100, 999)}-${it.number(1, 9)} of ${it.number(1000, 9999)} done`,
  (it) => `order 4${it.text('0123456789', 11)} paid, invoice ${it.number(1e5, 9e5)}-${it.number(10, 99)}`,
  () => 'cloned git@git.example.net:shop/checkout.git into /var/lib/ci/build',
  (it) => `user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/1${it.number(10, 40)}.0.0.0`,
  (it) => `latency p50=${it.number(1, 99)}ms p95=${it.number(100, 999)}ms p99=${it.number(1000, 9999)}ms`,
  (it) =>
    `see https://grafana.example.net/d/${it.text(BASE36, 9)}/checkout?var-pod=checkout-${it.text(BASE36, 5)}&from=17900${it.text('0123456789', 8)}`,
];

export function telemetryLine(dice: Dice): string {
  return dice.of(LINES)(dice);
}

function time(it: Dice): string {
  return `2026-11-21T1${it.number(0, 9)}:${two(it)}:${two(it)}.${it.number(100, 999)}Z`;
}

function two(it: Dice): string {
  return String(it.number(10, 28));
}

function ip(it: Dice): string {
  return [10, it.number(0, 255), it.number(0, 255), it.number(1, 254)].join('.');
}

function uuid(it: Dice): string {
  return [8, 4, 4, 4, 12].map((length) => it.text(HEX, length)).join('-');
}
