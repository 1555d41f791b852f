import type { HttpDeps } from './deps.ts';
import type { HttpState } from './route.ts';

/** A part that does not answer within this is down. */
const PROBE_MS = 2000;

type Components = Record<keyof HttpDeps['probes'], 'up' | 'down'>;

/** Asks every part. Without the database nothing works; without another part some things do. */
export async function lookAtHealth(
  { probes, settings, now, about }: Pick<HttpDeps, 'probes' | 'settings' | 'now' | 'about'>,
  { stopping }: HttpState,
) {
  const names = ['database', 'cache', 'message_queue'] as const;
  const looked = await Promise.all(names.map(async (name) => [name, await look(probes[name])] as const));
  const components = Object.fromEntries(looked) as Components;
  return {
    status: statusOf(components, stopping),
    stopping,
    timestamp: now().toISOString(),
    version: settings.version,
    uptime: Math.round(process.uptime()),
    components,
    roles: [...(about?.().roles ?? [])],
    leases: [...(about?.().leases ?? [])],
  };
}

function statusOf(components: Components, stopping: boolean): 'healthy' | 'degraded' | 'unhealthy' {
  if (components.database === 'down') return 'unhealthy';
  return stopping || Object.values(components).includes('down') ? 'degraded' : 'healthy';
}

async function look(probe: () => Promise<boolean>): Promise<'up' | 'down'> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), PROBE_MS);
  const answered = probe().catch(() => false);
  const up = await Promise.race([answered, promise]);
  clearTimeout(timer);
  return up ? 'up' : 'down';
}
