import { z } from 'zod';

import { answerFor, QUESTION_MAX, understand, type Answered } from '#src/chat/ask.ts';
import { queryOf } from '#src/chat/query.ts';
import { UserError } from '#src/errors.ts';
import { SEVERITIES, shortName, STATUSES } from '#src/incident/incident.ts';
import { QuerySpec, sayMetric, unitOf } from '#src/questions/spec.ts';

import { route, type Call } from '../route.ts';
import { iso, line, time } from '../shapes/common.ts';
import { mayBeOld } from '../visible.ts';

const AnswerShape = z
  .object({
    question: z.string(),
    spec: QuerySpec.meta({ description: 'What was asked, in the closed vocabulary; it can be asked again.' }),
    words: z.string().meta({ description: 'The same in words.' }),
    from: time.nullable(),
    to: time.nullable(),
    columns: z
      .array(z.string())
      .meta({ description: 'The groups in their order, the value, and of how many.' }),
    unit: z.enum(['count', 'seconds', 'share']),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
    total: z.int().meta({ description: 'Rows that it is about.' }),
    incidents: z.array(
      z.object({
        id: z.string(),
        title: z.string(),
        severity: z.enum(SEVERITIES),
        status: z.enum(STATUSES),
        assignee: z.string().nullable(),
        created_at: time,
        seconds: z.number().meta({ description: 'Until it was resolved, or until now.' }),
      }),
    ),
    source: z.enum(['rules', 'model', 'cache', 'given']),
    model: z.string().nullable(),
  })
  .meta({ id: 'QuestionAnswer' });

const answers = {
  status: 200,
  description: 'Counted by code from the rows that the caller may see.',
  body: AnswerShape,
};

/** The most incidents in one answer. */
const ALL = { behind: 100 };

export const questionRoutes = [
  route({
    name: 'askQuestion',
    method: 'post',
    path: '/api/v1/questions',
    tag: 'Incidents',
    summary: 'Ask in plain words',
    description:
      'Rules read the question; where they cannot, the model that is set up, which sees the question and what exists, never a row. What is not certain is refused with what can be asked.',
    access: 'incidents:read',
    body: z.strictObject({ question: line(QUESTION_MAX) }),
    answers,
    run: async (call) => {
      const understood = await understand(askingIn(call), call.body.question);
      if (understood.ok) {
        return await mayBeOld(call, 'all', async (db) => ({
          body: show(await answerFor({ ...askingIn(call), db }, understood, ALL)),
        }));
      }
      const { why, instead } = understood;
      throw new UserError('bad_arguments', why, { instead });
    },
  }),
  route({
    name: 'askAgain',
    method: 'get',
    path: '/api/v1/questions',
    tag: 'Incidents',
    summary: 'Ask again what was asked',
    access: 'incidents:read',
    query: z.object({
      spec: z.string().max(10_000).meta({ description: 'The `spec` of an answer, as JSON.' }),
    }),
    answers,
    run: async (call) => {
      const spec = queryOf(call.query.spec);
      const by = { source: 'given', model: null } as const;
      const asked = { ok: true, question: '', spec, by, notes: [] } as const;
      return await mayBeOld(call, 'all', async (db) => ({
        body: show(await answerFor({ ...askingIn(call), db }, asked, ALL)),
      }));
    },
  }),
];

function askingIn({ deps, who }: Pick<Call, 'deps' | 'who'>) {
  const { db, now, llm } = deps;
  return { db, now, person: who.person, role: who.role, ...(llm ? { llm } : {}) };
}

function show({ question, spec, words, span, by, answer, watches }: Answered): z.input<typeof AnswerShape> {
  const isOnCall = spec.metric === 'on-call';
  const rows = answer.rows.map(({ keys, value, n }) => [...keys, value, n]);
  const onCall = watches.flatMap(({ schedule, now }) =>
    now.people.map(({ person, until }) => [schedule.id, person, iso(until)]),
  );
  return {
    question,
    spec,
    words,
    from: iso(span.from),
    to: iso(span.to),
    columns: isOnCall ? ['schedule', 'person', 'until'] : [...spec.group_by, sayMetric(spec.metric), 'of'],
    unit: unitOf(spec.metric),
    rows: isOnCall ? onCall : rows,
    total: isOnCall ? onCall.length : answer.total,
    incidents: answer.incidents.map((it) => ({
      id: shortName(it.number),
      title: it.title,
      severity: it.severity,
      status: it.status,
      assignee: it.assignee,
      created_at: it.createdAt.toISOString(),
      seconds: it.seconds,
    })),
    source: by.source,
    model: by.model,
  };
}
