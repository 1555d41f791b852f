/** A calendar that other programs subscribe to, as RFC 5545 wants it. */
export interface Feed {
  readonly name: string;
  /** When what it says was last changed. */
  readonly changedAt: Date;
  readonly events: readonly FeedEvent[];
}

export interface FeedEvent {
  /** The same for the same event whenever the feed is written, and for no other in the world. */
  readonly uid: string;
  readonly start: Date;
  /** The first instant after it. */
  readonly end: Date;
  readonly summary: string;
  readonly description: string;
}

/**
 * The text of an `.ics` file: lines of at most 75 octets, times in UTC. Nobody
 * is shown as busy by it: one can be on call and in a meeting.
 */
export function writeFeed({ name, changedAt, events }: Feed): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//LLM Incident Manager//On call//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escaped(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT15M',
    'X-PUBLISHED-TTL:PT15M',
    ...events.flatMap((event) => linesOf(event, changedAt)),
    'END:VCALENDAR',
  ];
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function linesOf({ uid, start, end, summary, description }: FeedEvent, changedAt: Date): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${escaped(uid)}`,
    `DTSTAMP:${inUtc(changedAt)}`,
    `DTSTART:${inUtc(start)}`,
    `DTEND:${inUtc(end)}`,
    `SUMMARY:${escaped(summary)}`,
    ...(description === '' ? [] : [`DESCRIPTION:${escaped(description)}`]),
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
}

/** `20260329T070000Z` */
function inUtc(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** As a value of type TEXT; control characters, which none may hold, become spaces. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      .replaceAll(/\r\n?/g, '\n')
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
      .replaceAll(/[\\;,]/g, String.raw`\$&`)
      .replaceAll('\n', String.raw`\n`)
  );
}

const MOST_OCTETS = 75;

/** Goes on in lines that begin with a space; never within a character. */
function folded(line: string): string {
  let text = '';
  let octets = 0;
  for (const character of line) {
    const length = Buffer.byteLength(character);
    if (octets + length > MOST_OCTETS) {
      text += '\r\n ';
      octets = 1;
    }
    text += character;
    octets += length;
  }
  return text;
}
