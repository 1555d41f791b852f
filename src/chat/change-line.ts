import type { Change } from '#src/changes/change.ts';
import { cleanLine } from '#src/incident/text.ts';

import { link, moment, type Inline, type Text } from './message.ts';

const STATUSES: Readonly<Record<Change['status'], string>> = {
  started: 'under way',
  succeeded: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** When, what with a link to it, of which service, by whom, and what became of it. */
export function changeLine({ startedAt, endedAt, title, url, service, author, status, kind }: Change): Text {
  const text = cleanLine(title, 160);
  const about = [
    service,
    kind === 'other' ? 'pushed or released' : kind,
    author === null ? null : `by ${author}`,
    STATUSES[status],
  ].filter((it) => it !== null);
  const what: Inline = url === null ? text : link(text, url);
  return [moment(endedAt ?? startedAt), ' ', what, ` · ${about.join(' · ')}`];
}
