import { z } from 'zod';

import { byWhom } from '#src/chat/by-whom.ts';
import { viewAt } from '#src/chat/look.ts';
import { postMortemDocument } from '#src/chat/post-mortem.ts';
import { toldOf } from '#src/chat/told.ts';
import { eventsOf } from '#src/db/events.ts';
import { findDraft } from '#src/db/summaries.ts';
import { postMortemTask } from '#src/llm/tasks/post-mortem.ts';

import { route } from '../route.ts';
import { incidentFor } from '../visible.ts';
import { IncidentRef } from './incidents.ts';

export const postMortemRoutes = [
  route({
    name: 'getPostMortem',
    method: 'get',
    path: '/api/v1/incidents/{id}/post-mortem',
    tag: 'Incidents',
    summary: 'The draft of its post-mortem, in Markdown',
    description:
      'What was measured and the timeline as they are now; the prose as it was last drafted, or as rules put it together.',
    access: 'incidents:read',
    params: IncidentRef,
    answers: { status: 200, description: 'Markdown.', body: z.string() },
    refuses: [404],
    run: async ({ deps, who, ctx, params }) => {
      const { number } = await incidentFor({ deps, who }, params.id);
      const view = await viewAt(ctx, number);
      const events = await eventsOf(deps.db, number);
      const kept = await findDraft(deps.db, number);
      const value = kept?.value ?? postMortemTask.fallback(toldOf(view, events));
      const model = kept?.value ? kept.model : null;
      const by = byWhom({ source: model === null ? 'rules' : 'model', model, why: null });
      return { body: postMortemDocument(view, events, value, by) };
    },
  }),
];
