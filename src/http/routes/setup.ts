import { z } from 'zod';

import { applySetup, exportSetup, planSetup } from '#src/setup/apply.ts';
import { sayPlan, type SetupPlan } from '#src/setup/plan.ts';

import { route, type Call } from '../route.ts';

const File = z.string().min(1, 'it is empty; send the file').max(1_000_000).meta({
  description: 'The YAML document. A section that is left out stays as it is.',
  example: 'version: 1\nschedules:\n  payments:\n    layers: [{people: [ana, bo]}]\n',
});

export const Digest = z
  .string()
  .regex(/^[0-9a-f]{32}$/, 'send the digest of a plan')
  .meta({ description: 'Stands for the setup as it was when the plan or the file was made.' });

const Merge = z.boolean().default(false).meta({
  description: 'Nothing is removed: what the file does not name stays as it is. For files from elsewhere.',
});

const planned = {
  changes: z.array(
    z.object({
      kind: z.enum(['added', 'changed', 'removed']),
      section: z.string(),
      id: z.string(),
      text: z.string().meta({ description: 'A sentence.' }),
    }),
  ),
  warnings: z.array(z.string()).meta({
    description:
      'What the changes lead to: times that are left empty, shifts that move, people who cannot be reached.',
  }),
  digest: z.string(),
  text: z.string().meta({ description: 'The same to be read in a terminal.' }),
};

export const SetupPlanShape = z.object(planned).meta({ id: 'SetupPlan' });
export const AppliedSetupShape = z.object({ ...planned, applied: z.boolean() }).meta({ id: 'AppliedSetup' });

export const setupRoutes = [
  route({
    name: 'exportSetup',
    method: 'get',
    path: '/api/v1/config',
    tag: 'People',
    summary: 'Read people, teams, schedules, policies, routes and rules as one file',
    access: 'admin',
    answers: {
      status: 200,
      description: 'The file, and the digest by which `apply` knows that nothing else changed.',
      body: z.object({ file: z.string(), digest: z.string() }),
    },
    run: async ({ deps }) => ({ body: await exportSetup(deps.db, deps.now()) }),
  }),
  route({
    name: 'exportSetupFile',
    method: 'get',
    path: '/api/v1/config.yaml',
    tag: 'People',
    summary: 'Read the same as the file itself',
    access: 'admin',
    answers: { status: 200, description: 'YAML.', body: z.string() },
    run: async ({ deps }) => ({ body: (await exportSetup(deps.db, deps.now())).file }),
  }),
  route({
    name: 'planSetup',
    method: 'post',
    path: '/api/v1/config/plan',
    tag: 'People',
    summary: 'See what a file would change, without a change',
    access: 'admin',
    body: z.strictObject({ file: File, merge: Merge }),
    answers: { status: 200, description: 'What would change.', body: SetupPlanShape },
    run: async ({ deps, who, body }) => ({
      body: show(await planSetup({ db: deps.db, now: deps.now(), by: asker(who), ...body }), body.merge),
    }),
  }),
  route({
    name: 'applySetup',
    method: 'post',
    path: '/api/v1/config/apply',
    tag: 'People',
    summary: 'Make the setup what a file says, all of it or nothing',
    description:
      'What is not in a section of the file is removed; people are made inactive instead, and are signed out. With a digest it is refused where the setup was changed since.',
    access: 'admin',
    body: z.strictObject({ file: File, merge: Merge, digest: Digest.optional() }),
    answers: { status: 200, description: 'What was changed.', body: AppliedSetupShape },
    run: async ({ deps, who, body }) => {
      const { db, newId } = deps;
      const applied = await applySetup({ db, newId, now: deps.now(), by: asker(who), ...body });
      for (const person of applied.switchedOff) await deps.sessions.endAll(person);
      if (applied.isApplied) {
        deps.committed();
        deps.sessions.forget();
        deps.keys.forget();
      }
      return { body: { ...show(applied, body.merge), applied: applied.isApplied } };
    },
  }),
];

export function asker({ actor, person }: Call['who']) {
  return { actor, person: person?.id ?? null };
}

export function show(plan: SetupPlan, isMerge = false): z.input<typeof SetupPlanShape> {
  const { changes, warnings, digest } = plan;
  return { changes: [...changes], warnings: [...warnings], digest, text: sayPlan(plan, isMerge) };
}
