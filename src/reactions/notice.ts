import type { Due } from '#src/engine/notifications.ts';
import { signAckToken } from '#src/notify/ack-token.ts';
import type { Notice } from '#src/notify/channel.ts';

import type { Deps } from './deps.ts';

/** A link in a message can be used for so long. */
const LINK_MS = 24 * 3_600_000;

/** A page as what channels send. */
export function noticeOf({ page, incident, notification }: Due, deps: Deps): Notice {
  const { publicUrl } = deps.settings;
  const { number, id, title, severity, status, resource } = incident;
  const expires = new Date(page.requestedAt.getTime() + LINK_MS);
  const isPerson = page.recipientKind === 'person';
  const claim = { page: page.id, person: page.recipient };
  return {
    kind: 'page',
    urgency: page.urgency,
    incident: {
      id,
      number,
      title,
      severity,
      status,
      service: resource?.name ?? null,
      url: `${publicUrl}/incidents/${number}`,
    },
    subject: title,
    lines: [page.reason, notification.why],
    ack: isPerson
      ? { url: `${publicUrl}/ack/${signAckToken(deps.secret, claim, expires)}`, code: String(number) }
      : null,
    at: page.requestedAt,
  };
}
