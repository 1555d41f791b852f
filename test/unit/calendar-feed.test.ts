import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { shiftFeed } from '#src/calendar/shifts.ts';
import { writeFeed, type FeedEvent } from '#src/calendar/write.ts';
import { compileSchedule } from '#src/oncall/compile.ts';
import { onCallAt } from '#src/oncall/on-call.ts';
import { ana, ben, layer, override, schedule } from '#test/support/oncall.ts';

const changedAt = new Date('2025-01-01T08:00Z');
const event: FeedEvent = {
  uid: 'u1@example.org',
  start: new Date('2025-03-09T07:30:00Z'),
  end: new Date('2025-03-10T07:30:00Z'),
  summary: 'On call',
  description: '',
};

describe('a feed', () => {
  it('is a calendar as RFC 5545 writes it', () => {
    expect(writeFeed({ name: 'Payments', changedAt, events: [event] }).split('\r\n')).toEqual([
      'BEGIN:VCALENDAR',
      'VERSION:2.0',
      'PRODID:-//LLM Incident Manager//On call//EN',
      'CALSCALE:GREGORIAN',
      'METHOD:PUBLISH',
      'X-WR-CALNAME:Payments',
      'REFRESH-INTERVAL;VALUE=DURATION:PT15M',
      'X-PUBLISHED-TTL:PT15M',
      'BEGIN:VEVENT',
      'UID:u1@example.org',
      'DTSTAMP:20250101T080000Z',
      'DTSTART:20250309T073000Z',
      'DTEND:20250310T073000Z',
      'SUMMARY:On call',
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
  });

  it('keeps text text: no name begins a line or a property of its own', () => {
    const summary = 'Ana;Ben, \\ Cem\r\nBEGIN:VALARM\u0007';
    const written = writeFeed({ name: 'x', changedAt, events: [{ ...event, summary }] });
    expect(written).toContain(String.raw`SUMMARY:Ana\;Ben\, \\ Cem\nBEGIN:VALARM `);
    expect(written).not.toMatch(/^BEGIN:VALARM/m);
  });

  it('has no line of more than 75 octets and no broken character, and unfolds to what was written', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.string({ unit: 'binary' }),
        (summary, description) => {
          const written = writeFeed({ name: 'x', changedAt, events: [{ ...event, summary, description }] });
          const lines = written.split('\r\n');
          expect(lines.every((it) => Buffer.byteLength(it) <= 75 && it.isWellFormed())).toBe(true);
          const whole = written.replaceAll('\r\n ', '').split('\r\n');
          expect(whole.filter((it) => it.startsWith('SUMMARY:')).map(unescaped)).toEqual([
            // oxlint-disable-next-line no-control-regex
            summary.replaceAll(/\r\n?/g, '\n').replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' '),
          ]);
          expect(whole.every((it) => /^[A-Z-]+[:;]/.test(it) || it === '')).toBe(true);
        },
      ),
    );
  });
});

describe('the shifts of a schedule', () => {
  const stands = override(
    { kind: 'replace', person: ben, by: ana },
    '2025-01-02T09:00Z',
    '2025-01-02T21:00Z',
  );
  const compiled = compileSchedule(schedule({ overrides: [stands] }));
  const feed = (from: string, to: string, person: typeof ana | null = null) =>
    shiftFeed(compiled, {
      from: new Date(from),
      to: new Date(to),
      person,
      changedAt,
      nameOf: (it) => it.toUpperCase(),
    });

  it('are written whole, one for each time that somebody is on call without a break', () => {
    expect(
      feed('2025-01-01T12:00Z', '2025-01-04T00:00Z').events.map((it) => [it.summary, it.start, it.end]),
    ).toEqual([
      ['ANA: Payments', new Date('2025-01-01T09:00Z'), new Date('2025-01-02T21:00Z')],
      ['BEN: Payments', new Date('2025-01-02T21:00Z'), new Date('2025-01-03T09:00Z')],
      ['CEM: Payments', new Date('2025-01-03T09:00Z'), new Date('2025-01-04T09:00Z')],
    ]);
  });

  it('of one person are theirs alone', () => {
    const { name, events } = feed('2025-01-01T12:00Z', '2025-01-09T00:00Z', ben);
    expect(name).toBe('Payments: BEN');
    expect(events.map((it) => [it.summary, it.start])).toEqual([
      ['On call: Payments', new Date('2025-01-02T21:00Z')],
      ['On call: Payments', new Date('2025-01-05T09:00Z')],
      ['On call: Payments', new Date('2025-01-08T09:00Z')],
    ]);
  });

  it('keep their uid whenever the feed is read, and no two share one', () => {
    const today = feed('2025-01-01T12:00Z', '2025-02-01T00:00Z').events;
    const later = feed('2025-01-02T20:00Z', '2025-02-01T00:00Z').events;
    expect(new Set(today.map((it) => it.uid)).size).toBe(today.length);
    expect(today).toEqual(later);
  });

  it('are those who are on call at every instant', () => {
    const pairs = compileSchedule(
      schedule({
        timezone: 'Europe/Dublin',
        layers: [layer(), layer({ id: 'two', shifts: [[ben], [ana]] })],
      }),
    );
    const from = Date.parse('2025-03-28T00:00Z');
    const { events } = shiftFeed(pairs, {
      from: new Date(from),
      to: new Date(from + 7 * 86_400_000),
      person: null,
      changedAt,
      nameOf: (it) => it,
    });
    for (let at = from; at < from + 7 * 86_400_000; at += 1_800_000) {
      const then = events.filter((it) => it.start.getTime() <= at && at < it.end.getTime());
      const names = onCallAt(pairs, new Date(at)).people.map((it) => `${it.person}: Payments`);
      expect(then.map((it) => it.summary).toSorted()).toEqual(names.toSorted());
    }
  });
});

function unescaped(line: string): string {
  const text = line.slice(line.indexOf(':') + 1);
  return text.replaceAll(/\\([\\;,n])/g, (_, it: string) => (it === 'n' ? '\n' : it));
}
