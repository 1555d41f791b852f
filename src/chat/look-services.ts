import { catalogueOf, namesOf, type Catalogue, type CatalogueService } from '#src/cause/catalogue.ts';
import type { Change } from '#src/changes/change.ts';
import { listServices, openIncidentsOf } from '#src/db/catalogue.ts';
import { changesBetween } from '#src/db/changes.ts';
import { findIncident } from '#src/db/incidents.ts';
import { bookOf } from '#src/engine/book.ts';
import { UserError } from '#src/errors.ts';
import type { Incident } from '#src/incident/incident.ts';
import { nearest } from '#src/incident/nearest.ts';

import type { CommandContext } from './command.ts';
import { causeWindow } from './look-cause.ts';
import { watches, type Watch } from './look-on-call.ts';
import { incidentsLike } from './look.ts';
import { viewerOf } from './values.ts';

type Eyes = Pick<CommandContext, 'db' | 'now' | 'settings' | 'person' | 'role'>;

export async function catalogueAt({ db }: Pick<Eyes, 'db'>): Promise<Catalogue> {
  return catalogueOf(await listServices(db));
}

/** Everything that is to be known of a service. */
export interface ServiceView {
  readonly service: CatalogueService;
  /** The ids of those that depend on it directly. */
  readonly usedBy: readonly string[];
  /** Who is on call by the schedule of its team; null: it has no team, or that no schedule. */
  readonly watch: Watch | null;
  /** Those that are open and that the asker may see. */
  readonly incidents: readonly Incident[];
  /** The latest of the last 30 days. */
  readonly changes: readonly Change[];
}

const INCIDENTS = 10;
const CHANGES = 5;
const DAY_MS = 86_400_000;

/** By id, name or alias. Throws `not_found` with what is near. */
export async function serviceAt(ctx: Eyes, word: string): Promise<ServiceView> {
  const catalogue = await catalogueAt(ctx);
  const service = catalogue.find(word);
  if (!service) throw unknown(word, catalogue);
  const names = namesOf(service.id, catalogue);
  const until = ctx.now();
  const numbers = await openIncidentsOf(ctx.db, names, { viewer: viewerOf(ctx), limit: INCIDENTS });
  const open =
    numbers.length === 0 ? [] : (await incidentsLike(ctx, { numbers, limit: INCIDENTS })).incidents;
  return {
    service,
    usedBy: catalogue
      .dependents(service.id)
      .filter((it) => it.distance === 1)
      .map((it) => it.id),
    watch: await watchOf(ctx, service.team),
    incidents: open,
    changes: await changesBetween(ctx.db, {
      from: new Date(until.getTime() - 30 * DAY_MS),
      until,
      services: names,
      limit: CHANGES,
    }),
  };
}

function unknown(word: string, { services }: Catalogue): UserError {
  const names = services.flatMap((it) => [it.id, it.name, ...it.aliases]);
  const [near] = nearest(word, names, 1);
  const hint =
    services.length === 0
      ? 'The catalogue is empty; `services` in the setup file fills it.'
      : near === undefined
        ? '`service` lists those that there are.'
        : `Did you mean \`${near}\`?`;
  return new UserError('not_found', `There is no service \`${word.slice(0, 60)}\`. ${hint}`);
}

async function watchOf(ctx: Eyes, team: string | null): Promise<Watch | null> {
  if (team === null) return null;
  const { setup } = await bookOf(ctx, ctx.db);
  const schedule = setup.teams.find((it) => it.id === team)?.schedule ?? null;
  if (schedule === null) return null;
  const { watches: found } = await watches(ctx, { only: schedule, limit: 1 });
  return found[0] ?? null;
}

export interface ChangesAt {
  readonly changes: readonly Change[];
  readonly from: Date;
  readonly until: Date;
  /** Of an incident: when the first of it was noticed. */
  readonly onset: Date | null;
}

/** By what people type for one; in its own room by anybody who is there. Throws `not_found`. */
export async function incidentFor(ctx: Eyes & Pick<CommandContext, 'here'>, ref: string): Promise<Incident> {
  const incident = await findIncident(ctx.db, ref);
  return incident.number === ctx.here ? incident : await findIncident(ctx.db, incident.number, viewerOf(ctx));
}

/** What changed, the latest first: in the window of an incident, or in the last `ms` milliseconds. */
export async function changesAt(
  ctx: Eyes,
  asked: { readonly incident: number | null; readonly service: string | null; readonly ms: number | null },
): Promise<ChangesAt> {
  const { incident, service, ms } = asked;
  const names = service === null ? {} : { services: namesOf(service, await catalogueAt(ctx)) };
  if (incident === null) {
    const until = ctx.now();
    const from = new Date(until.getTime() - (ms ?? DAY_MS));
    return { from, until, onset: null, changes: await changesBetween(ctx.db, { from, until, ...names }) };
  }
  const { onset, until, ...window } = await causeWindow(ctx, await findIncident(ctx.db, incident));
  const from = ms === null ? window.from : new Date(onset.getTime() - ms);
  return { from, until, onset, changes: await changesBetween(ctx.db, { from, until, ...names }) };
}
