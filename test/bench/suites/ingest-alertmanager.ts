import { startAlertmanager } from '../alertmanager.ts';
import { round } from '../load.ts';
import { residentMiB } from '../resident.ts';
import { alertBodies, eventBodies } from '../senders.ts';
import type { Measured, Meter } from './ingest.ts';

const DISTINCT = [5000, 60_000];
const SECONDS = 5;
/** New alerts open incidents, which takes longer than repeats of them do. */
const INTRODUCING_SECONDS = 180;

/** So many different alerts, one in a request, here and at an Alertmanager that has nobody to tell. */
export async function besideAlertmanager(
  meter: Meter,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const it = await startAlertmanager();
  if (!it) {
    process.stderr.write('Prometheus Alertmanager is not installed: not measured beside it.\n');
    return undefined;
  }
  try {
    const figures: Record<string, unknown> = {};
    for (const distinct of DISTINCT) {
      const ours = eventBodies(distinct);
      const theirs = alertBodies(distinct, 1, (alerts) => alerts);
      const introduced = await meter.events({ bodies: ours, seconds: INTRODUCING_SECONDS, most: distinct });
      await meter.measure(it.url, it.pid, { bodies: theirs, seconds: INTRODUCING_SECONDS, most: distinct });
      const we = await meter.events({ bodies: ours, seconds: SECONDS });
      const they = await meter.measure(it.url, it.pid, { bodies: theirs, seconds: SECONDS });
      figures[`${distinct} distinct`] = {
        ratio: Math.round((we.perSecond / Math.max(1, they.perSecond)) * 100) / 100,
        ours: figuresOf(we, residentMiB(meter.program.child)),
        alertmanager: figuresOf(they, residentMiB({ pid: it.pid })),
        introducedPerSecond: introduced.perSecond,
      };
    }
    return figures;
  } finally {
    await it.stop();
  }
}

function figuresOf({ perSecond, p50, p95, p99, usedUs, sent, accepted }: Measured, mebibytes: number) {
  return { perSecond, p50, p95, p99, failed: sent - accepted, cpuUs: usedUs, residentMiB: round(mebibytes) };
}
