import { LIMITS, refuse, refuseMore, refuseTwice } from './refuse.ts';
import type { Schedule } from './schedule.ts';
import { DAY, MINUTE } from './wall.ts';

/** The most that may be asked for around a hand-off. */
const MOST = {
  rooms: 10,
  reminders: 5,
  groups: 10,
  grace: DAY,
  reminder: 14 * DAY,
  warning: 14 * DAY,
} as const;

/** @throws UserError for what a schedule says of its hand-offs and groups that cannot be */
export function validateHandoff({ handoff, groups = {} }: Schedule): void {
  for (const [platform, group] of Object.entries(groups)) {
    if (group.trim() === '' || group.length > LIMITS.name) {
      refuse(
        `The group on ${platform} has no name that can be used. Write its name or id.`,
        `groups.${platform}`,
      );
    }
  }
  if (Object.keys(groups).length > MOST.groups) {
    refuse('There are too many groups. Name one for each platform.', 'groups');
  }
  if (!handoff) return;
  refuseRooms(handoff.rooms);
  refuseMore(handoff.reminders, MOST.reminders, 'reminders', 'handoff.reminders');
  for (const [index, lead] of handoff.reminders.entries()) {
    refuseLength(lead, {
      what: 'A reminder',
      least: MINUTE,
      most: MOST.reminder,
      at: `handoff.reminders[${index}]`,
    });
  }
  refuseTwice(
    handoff.reminders.map(String),
    () => 'Two reminders come at the same time. Keep one of them.',
    'handoff.reminders',
  );
  refuseLength(handoff.grace, {
    what: 'The grace time',
    least: MINUTE,
    most: MOST.grace,
    at: 'handoff.grace',
  });
  if (handoff.warnBefore !== 0) {
    const limits = { least: MINUTE, most: MOST.warning };
    refuseLength(handoff.warnBefore, { what: 'A warning', ...limits, at: 'handoff.warn_before' });
  }
}

function refuseRooms(rooms: readonly string[]): void {
  refuseMore(rooms, MOST.rooms, 'rooms', 'handoff.rooms');
  for (const [index, room] of rooms.entries()) {
    if (!/^[a-z]+\/\S+$/.test(room)) {
      const said = `"${room.slice(0, 60)}" is no room. Write the platform and the room's id, like web/incidents.`;
      refuse(said, `handoff.rooms[${index}]`);
    }
  }
  refuseTwice(rooms, (it) => `The room "${it}" is there twice. Name it once.`, 'handoff.rooms');
}

interface Allowed {
  readonly what: string;
  readonly least: number;
  readonly most: number;
  readonly at: string;
}

function refuseLength(ms: number, { what, least, most, at }: Allowed): void {
  if (ms >= least && ms <= most) return;
  const days = most / DAY;
  refuse(
    `${what} is from ${least / MINUTE} minute to ${days === 1 ? '1 day' : `${days} days`} long. Write a length within that.`,
    at,
  );
}
