import { catalogueOf } from '#src/cause/catalogue.ts';
import { listServices } from '#src/db/catalogue.ts';
import { similarIncidents } from '#src/db/similar.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import { shortName } from '#src/incident/incident.ts';
import { impactTask, type Impact } from '#src/llm/tasks/impact.ts';

import { byWhom } from './by-whom.ts';
import type { View } from './card-view.ts';
import type { CommandContext } from './command.ts';
import { bold, marked, say, type Message, type Part } from './message.ts';
import { list, severityName, titleOf } from './names.ts';
import { asked } from './summed-up.ts';
import { toldOf } from './told.ts';

/** Past incidents that are looked at, and services that are named. */
const SIMILAR = 3;
const SERVICES = 20;

const WORSE: Readonly<Record<Impact['worse'], string>> = {
  unlikely: 'It is unlikely to get worse.',
  possible: 'It may get worse.',
  likely: 'It is likely to get worse.',
};

const ANYBODY = { id: null, role: 'viewer' } as const;

/** What an incident may still become. Nothing is changed by it. */
export async function impactMessage(
  ctx: CommandContext,
  view: View,
  events: readonly LoggedEvent[],
): Promise<Message> {
  const { number, isPrivate, resource, severity, createdAt } = view.incident;
  const catalogue = catalogueOf(await listServices(ctx.db));
  const service = resource === null ? null : catalogue.find(resource.name);
  const dependants = service
    ? catalogue
        .dependents(service.id)
        .map(({ id }) => id)
        .slice(0, SERVICES)
    : [];
  // A model may read of a private one only where this one is private itself.
  const viewer = isPrivate ? { id: ctx.person?.id ?? null, role: ctx.role } : ANYBODY;
  const similar = await similarIncidents(ctx.db, { number, viewer, limit: SIMILAR, now: ctx.now() });
  const input = {
    told: toldOf(view, events),
    dependants,
    similar: similar.map((it) => ({
      incident: shortName(it.number),
      severity: it.severity,
      minutes: it.lastedMs === null ? null : Math.round(it.lastedMs / 60_000),
    })),
    openMinutes: Math.round((ctx.now().getTime() - createdAt.getTime()) / 60_000),
  };
  const answer = await ctx.llm.ask(impactTask, input, asked(number, isPrivate));
  const { value } = answer;
  const expected = value.severity === severity ? '' : ` Expect ${severityName(value.severity)}.`;
  return say(
    [bold(titleOf(view.incident))],
    { type: 'text', text: `${WORSE[value.worse]}${expected}` },
    { type: 'text', text: value.why },
    ...reached(value, dependants, service !== null),
    ...(value.options.length === 0
      ? []
      : [
          { type: 'text', text: [bold('To consider')] } as const,
          { type: 'list', items: value.options } as const,
        ]),
    { type: 'context', text: `A judgement, not a measurement. ${byWhom(answer)}` },
  );
}

function reached({ services }: Impact, dependants: readonly string[], isListed: boolean): Part[] {
  if (!isListed) {
    const text =
      'Its service is not in the catalogue, so nobody knows what depends on it: see `help service`.';
    return [{ type: 'text', text: marked(text) }];
  }
  if (dependants.length === 0) {
    return [{ type: 'text', text: 'Nothing else is known to depend on its service.' }];
  }
  const named = services.length > 0 ? ` First of all: ${list(services)}.` : '';
  return [{ type: 'text', text: `On its service depend ${list(dependants)}.${named}` }];
}
