import { z } from 'zod';

import type { Receipt } from '#src/db/pages.ts';
import { sayableId } from '#src/incident/recipient.ts';

import { iso, time } from './common.ts';

export const ReceiptShape = z
  .object({
    id: z.string(),
    /** What sort of page it is: most are about an incident. */
    kind: z.enum(['page', 'handoff', 'reminder', 'test']),
    title: z.string().nullable().meta({ description: 'What it is about, where that is no incident.' }),
    recipient: z.object({ kind: z.string(), id: z.string() }),
    level: z.int(),
    urgency: z.enum(['high', 'low']),
    reason: z.string(),
    requested_at: time,
    answered_by: z.string().nullable(),
    answered_at: time.nullable(),
    messages: z.array(
      z.object({
        channel: z.string(),
        to: z.string().nullable().meta({ description: 'Where it went; only its owner is told.' }),
        state: z.enum(['waiting', 'sent', 'failed', 'refused', 'cancelled']),
        why: z.string(),
        due_at: time.nullable(),
        tried_at: time.nullable(),
        sent_at: time.nullable(),
        delivered_at: time.nullable(),
        provider_id: z.string().nullable(),
        attempts: z.int(),
        detail: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'PageReceipt' });

/** Addresses are left out, since they are their owners', where `toOf` does not say how the owner knows them. */
export function showReceipt(
  { page, notifications }: Receipt,
  toOf: (message: Receipt['notifications'][number]) => string | null = () => null,
): z.input<typeof ReceiptShape> {
  const { recipientKind: kind, recipient } = page;
  return {
    id: page.id,
    kind: page.kind,
    title: page.title,
    recipient: { kind, id: sayableId({ kind, id: recipient }) },
    level: page.level,
    urgency: page.urgency,
    reason: page.reason,
    requested_at: page.requestedAt.toISOString(),
    answered_by: page.answeredBy,
    answered_at: iso(page.answeredAt),
    messages: notifications.map((it) => ({
      channel: it.channel,
      to: toOf(it),
      state: it.state,
      why: it.why,
      due_at: iso(it.dueAt),
      tried_at: iso(it.triedAt),
      sent_at: iso(it.sentAt),
      delivered_at: iso(it.deliveredAt),
      provider_id: it.providerId,
      attempts: it.attempts,
      detail: it.detail,
    })),
  };
}
