import { TEST_CODE } from '#src/engine/answers.ts';
import type { Due } from '#src/engine/notifications.ts';
import type { Incident } from '#src/incident/incident.ts';
import { signAckToken } from '#src/notify/ack-token.ts';
import type { Notice, NoticeIncident } from '#src/notify/channel.ts';

import type { Deps } from './deps.ts';

/** A link in a message can be used for so long. */
const LINK_MS = 24 * 3_600_000;

/** What stands in place of the title where those may read it who may not see the incident. */
export const PRIVATE = '(private)';

/** A private incident is told to a person in full, who was let in with the page; a room or a system has readers nobody let in. */
export function isBeforeOthers({ page, incident }: Pick<Due, 'page' | 'incident'>): boolean {
  return incident !== null && incident.isPrivate && page.recipientKind !== 'person';
}

/** A page as what channels send. */
export function noticeOf(due: Due, deps: Deps): Notice {
  const { page, notification } = due;
  const isHidden = isBeforeOthers(due);
  const incident =
    due.incident && isHidden ? { ...due.incident, title: PRIVATE, resource: null } : due.incident;
  const { publicUrl } = deps.settings;
  const expires = new Date(page.requestedAt.getTime() + LINK_MS);
  const isPerson = page.recipientKind === 'person';
  const claim = { page: page.id, person: page.recipient };
  return {
    kind: page.kind,
    urgency: page.urgency,
    incident: incident && incidentOf(incident, publicUrl),
    subject: incident?.title ?? page.title ?? '',
    lines: isHidden ? [notification.why] : [page.reason, notification.why],
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
