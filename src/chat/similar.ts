import type { Similar } from '#src/db/similar.ts';
import { shortName } from '#src/incident/incident.ts';
import { cleanLine } from '#src/incident/text.ts';

import { ago, bold, link, type Message, type Part, type Text } from './message.ts';
import { severityName, span } from './names.ts';

interface Shown {
  /** What was asked for: `INC-42`, or the words. */
  readonly asked: string;
  readonly found: readonly Similar[];
  /** Without a slash at its end. */
  readonly publicUrl: string;
}

/** What happened before that was like it, and what helped then. */
export function similarMessage({ asked, found, publicUrl }: Shown): Message {
  const about = cleanLine(asked, 100);
  if (found.length === 0) {
    return {
      parts: [
        { type: 'text', text: `Nothing like ${about} is known.` },
        { type: 'context', text: ONLY_CONFIRMED },
      ],
      summary: `Nothing like ${about} is known`,
      tone: 'info',
    };
  }
  return {
    parts: [
      { type: 'heading', text: `Like ${about}` },
      ...found.flatMap((it): Part[] => [
        { type: 'text', text: headOf(it, publicUrl) },
        { type: 'list', items: factsOf(it) },
      ]),
      { type: 'context', text: ONLY_CONFIRMED },
    ],
    summary: `Like ${about}: ${found.map(({ number }) => shortName(number)).join(', ')}`,
    tone: 'info',
  };
}

const ONLY_CONFIRMED = 'By rules. Only incidents that a person resolved or closed are looked at.';

/** As a card names it: `INC-31 (cache eviction, 40 min)`. */
export function likeWords({
  number,
  cause,
  lastedMs,
}: Pick<Similar, 'number' | 'cause' | 'lastedMs'>): string {
  const known = cause === null ? [] : [cleanLine(cause, 60)];
  return `${shortName(number)} (${[...known, span(lastedMs)].join(', ')})`;
}

function headOf({ number, title, severity, overAt, lastedMs, why }: Similar, publicUrl: string): Text {
  return [
    link(shortName(number), `${publicUrl}/incidents/${number}`),
    ' ',
    bold(cleanLine(title, 150)),
    ` · ${severityName(severity)}, over `,
    ago(overAt),
    ` after ${span(lastedMs)}`,
    ` · ${why.join(', ')}`,
  ];
}

function factsOf({ cause, fix }: Similar): Text[] {
  return [
    cause === null ? 'Cause: nobody said' : [bold('Cause: '), cleanLine(cause, 300)],
    ...(fix === null ? [] : [[bold('What helped: '), cleanLine(fix, 300)]]),
  ];
}
