import { startAlertmanager, type Alertmanager, type Telling } from '../alertmanager.ts';
import { round } from '../load.ts';
import { residentMiB } from '../resident.ts';
import { alertBodies, eventBodies } from '../senders.ts';
import type { Meter } from './ingest.ts';
import { meanOf, ratioOf, type Measured } from './measured.ts';

const DISTINCT = [5000, 60_000];
const SECONDS = 5;
const ROUNDS = 4;
/** New alerts open incidents, which takes longer than repeats of them do. */
const INTRODUCING_SECONDS = 180;

/**
 * So many different alerts, one in a request, here and at an Alertmanager that tells a receiver what is new; then at one
 * that tells nobody anything, which is the least that one can do.
 */
export async function besideAlertmanager(
  meter: Meter,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const figures: Record<string, unknown> = {};
  for (const distinct of DISTINCT) {
    const ours = eventBodies(distinct);
    const introduced = await meter.events({ bodies: ours, seconds: INTRODUCING_SECONDS, most: distinct });
    // As with single events: measured is what goes on all day, here and there.
    await meter.events({ bodies: ours, seconds: SECONDS });
    const beside: Record<string, unknown> = {};
    for (const telling of ['a receiver', 'nobody'] satisfies Telling[]) {
      const it = await startAlertmanager(telling);
      if (!it) {
        process.stderr.write('Prometheus Alertmanager is not installed: not measured beside it.\n');
        return undefined;
      }
      try {
        beside[`telling ${telling}`] = await byTurns(meter, it, { ours, distinct });
      } finally {
        await it.stop();
      }
    }
    figures[`${distinct} distinct`] = { introducedPerSecond: introduced.perSecond, ...beside };
  }
  return figures;
}

/** So that whatever else the machine does meets both. */
async function byTurns(
  meter: Meter,
  it: Alertmanager,
  { ours, distinct }: { readonly ours: readonly string[]; readonly distinct: number },
) {
  const bodies = alertBodies(distinct, 1, (alerts) => alerts);
  await meter.measure(it.url, it.pid, { bodies, seconds: INTRODUCING_SECONDS, most: distinct });
  await meter.measure(it.url, it.pid, { bodies, seconds: SECONDS });
  const we: Measured[] = [];
  const they: Measured[] = [];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    it.pause();
    we.push(await meter.events({ bodies: ours, seconds: SECONDS }));
    it.goOn();
    they.push(await meter.measure(it.url, it.pid, { bodies, seconds: SECONDS }));
  }
  return {
    ratio: ratioOf(meanOf(we), meanOf(they)),
    ours: we.map((turn) => figuresOf(turn, residentMiB(meter.program.child))),
    alertmanager: they.map((turn) => figuresOf(turn, residentMiB(it))),
  };
}

function figuresOf({ perSecond, p50, p95, p99, usedUs, sent, accepted }: Measured, mebibytes: number) {
  return { perSecond, p50, p95, p99, failed: sent - accepted, cpuUs: usedUs, residentMiB: round(mebibytes) };
}
