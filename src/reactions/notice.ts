import { TEST_CODE } from '#src/engine/answers.ts';
import type { Due } from '#src/engine/notifications.ts';
import type { Incident } from '#src/incident/incident.ts';
import { signAckToken } from '#src/notify/ack-token.ts';
import type { Notice, NoticeIncident } from '#src/notify/channel.ts';

import type { Deps } from './deps.ts';

/** A link in a message can be used for so long. */
const LINK_MS = 24 * 3_600_000;

/** A page as what channels send. */
export function noticeOf({ page, incident, notification }: Due, deps: Deps): Notice {
  const { publicUrl } = deps.settings;
  const expires = new Date(page.requestedAt.getTime() + LINK_MS);
  const isPerson = page.recipientKind === 'person';
  const claim = { page: page.id, person: page.recipient };
  return {
    kind: page.kind,
    urgency: page.urgency,
    incident: incident && incidentOf(incident, publicUrl),
    subject: incident?.title ?? page.title ?? '',
    lines: [page.reason, notification.why],
    ack:
      isPerson && (incident || page.kind === 'test')
        ? {
            url: `${publicUrl}/ack/${signAckToken(deps.secret, claim, expires)}`,
            code: incident ? String(incident.number) : TEST_CODE,
          }
        : null,
    at: page.requestedAt,
    ...(incident ? {} : { about: page.key }),
  };
}

function incidentOf(
  { id, number, title, severity, status, resource }: Incident,
  publicUrl: string,
): NoticeIncident {
  const url = `${publicUrl}/incidents/${number}`;
  return { id, number, title, severity, status, service: resource?.name ?? null, url };
}
