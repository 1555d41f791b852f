import { z } from 'zod';

import type { LoggedEvent } from '#src/incident/events.ts';
import { describe, kindOf, LOG_KINDS } from '#src/incident/timeline.ts';

import { actorShape, ActorShape, time } from './common.ts';

export const TimelineEventShape = z
  .object({
    id: z.string(),
    timestamp: time,
    event_type: z.enum(LOG_KINDS),
    description: z.string(),
    actor: ActorShape,
    metadata: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineEvent' });

export const CommentShape = z
  .object({
    id: z.string(),
    incident_id: z.string(),
    content: z.string(),
    author: ActorShape,
    created_at: time,
    updated_at: time.nullable(),
  })
  .meta({ id: 'Comment' });

export function showTimelineEvent(event: LoggedEvent): z.input<typeof TimelineEventShape> {
  return {
    id: String(event.seq),
    timestamp: event.at.toISOString(),
    event_type: kindOf(event.type),
    description: describe(event),
    actor: actorShape(event.by),
    metadata: { ...event.data },
  };
}

export function showComment(
  event: LoggedEvent<'incident.noted'>,
  incidentId: string,
): z.input<typeof CommentShape> {
  return {
    id: event.data.comment,
    incident_id: incidentId,
    content: event.data.content,
    author: actorShape(event.by),
    created_at: event.at.toISOString(),
    updated_at: null,
  };
}
