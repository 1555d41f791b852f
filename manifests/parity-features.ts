import type { ParityPlatform } from './parity-platforms.ts';

interface Feature {
  readonly what: string;
  /** Tests of the contract that prove it. */
  readonly tests: readonly string[];
  /** Those that only platforms have which are reached over a network. */
  readonly farTests?: readonly string[];
  readonly cell: (platform: ParityPlatform) => string;
}

/** The same words on every platform. */
const always = (words: string) => () => words;

/** What only the platform itself calls by a name. */
const named =
  (names: Readonly<Record<ParityPlatform['id'], string>>) =>
  ({ id }: ParityPlatform) =>
    names[id];

const KB = 1000;
const MIB = 1024 * 1024;

function size(bytes: number): string {
  return bytes >= MIB ? `${Math.floor(bytes / MIB)} MB` : `${Math.floor(bytes / KB)} KB`;
}

const ASKING: readonly Feature[] = [
  {
    what: 'Giving a command',
    tests: ['hears a command that is given, and tells the room'],
    cell: ({ limits }) => limits.commands,
  },
  {
    what: 'Completion while typing',
    tests: ['offers what the engine offers while somebody types, where it can'],
    cell: ({ limits }) => (limits.completion ? 'yes' : 'no: forms offer the choices'),
  },
  {
    what: 'An answer for one person',
    tests: ['shows a private reply to the one who asked'],
    cell: ({ limits }) => limits.privateReply,
  },
  {
    what: 'A form for what is missing',
    tests: ['opens a form for a command that is typed'],
    farTests: ['opens a form that comes late'],
    cell: ({ limits }) => limits.form,
  },
  {
    what: 'A mistake in a form is said',
    tests: ['says what is wrong in a form, keeps what was entered, and takes the next try'],
    cell: ({ limits }) => limits.formErrors,
  },
  {
    what: 'Buttons',
    tests: [
      'hands a pressed button over as the command that was saved in it',
      'hands over buttons whose commands are long, and presses that come after a restart',
    ],
    cell: ({ limits }) => `up to ${limits.buttons} in a message`,
  },
  {
    what: 'Menus',
    tests: ['hands an option over that is picked from a menu'],
    cell: always('in the message'),
  },
  {
    what: "A command on somebody's message",
    tests: [
      "gives a command on somebody's message",
      "opens a form on somebody's message, filled in with its words",
    ],
    cell: always('in the menu of the message'),
  },
  {
    what: 'Your own incidents and shifts',
    tests: ["shows somebody their own page of the bot's"],
    cell: named({
      slack: 'App Home',
      teams: 'personal chat',
      discord: '`/incident home`',
      web: 'conversation with the bot',
    }),
  },
];

/** Where the operator may have threads instead of channels. */
const CAN_BE_THREADS: ReadonlySet<ParityPlatform['id']> = new Set(['teams', 'discord']);

const ROOMS: readonly Feature[] = [
  {
    what: 'A war room',
    tests: ['opens a room once, however often it is asked', 'finds the room again after a restart'],
    farTests: ['opens one room although the answer never came'],
    cell: ({ id, limits }) => (CAN_BE_THREADS.has(id) ? `${limits.room}, or a thread` : limits.room),
  },
  {
    what: 'A room for a private incident',
    tests: ['shows a private room to those who were invited, and to nobody else'],
    cell: ({ limits }) => (limits.privateRooms ? 'private channel' : 'none: it has one in the web chat'),
  },
  {
    what: 'The topic',
    tests: ['shows the topic, and the one that follows it where topics may change often'],
    cell: ({ limits }) => (limits.liveTopic ? 'follows the incident' : 'stays: the card follows'),
  },
  {
    what: 'Links above the room',
    tests: ['shows links above the room where the platform can, once, and none that runs something'],
    cell: ({ limits }) => (limits.bookmarks ? 'yes' : 'in the card'),
  },
  {
    what: 'When it is over, the room is',
    tests: ['archives a room, revives it, and takes each of them twice'],
    cell: ({ limits }) => limits.archive,
  },
  {
    what: 'A room deleted by hand',
    tests: [],
    farTests: ['says that a room is gone, and opens a fresh one of the same name'],
    cell: ({ id }) => (id === 'web' ? 'cannot be' : 'opened again'),
  },
];

const MESSAGES: readonly Feature[] = [
  {
    what: 'The living card',
    tests: [
      'shows a message with its buttons, and changes it where it stands',
      'shows the last of many changes',
    ],
    cell: ({ limits }) => (limits.pins ? 'edited and pinned' : 'edited, first in the room'),
  },
  {
    what: 'A reply below a message',
    tests: ['puts a reply below its message where there are threads, once per key'],
    cell: ({ limits }) => (limits.threads ? 'in a thread' : 'in the room'),
  },
  {
    what: 'A message to one person',
    tests: ['tells one person something outside of every room, once per key'],
    cell: always('direct message'),
  },
  {
    what: 'A mention notifies',
    tests: ['notifies the people that a message names, and nobody else'],
    cell: always('whom it names, and nobody else'),
  },
  {
    what: 'Files from the bot',
    tests: ['puts a file into a room with words beside it, once per key'],
    cell: ({ id, limits }) => `${id === 'teams' ? 'pictures ' : ''}up to ${size(limits.file)}`,
  },
  {
    what: 'Files from people',
    tests: ['fetches a file that somebody shares, as it was'],
    cell: always('read'),
  },
];

const HEARING: readonly Feature[] = [
  {
    what: 'A note by pinning',
    tests: ['says who pinned what, where there are pins'],
    cell: ({ limits }) => (limits.pins ? 'yes' : 'no pins there: by the menu of the message'),
  },
  {
    what: 'A note by a reaction, 📌 or 📝',
    tests: ['says who reacted with what, and who took it off'],
    cell: ({ limits }) => (limits.reactions ? 'yes' : 'not told to bots: by the menu of the message'),
  },
  {
    what: 'Words that are changed or taken back',
    tests: ['says what a person made of their words, and that they took them back'],
    cell: always('heard'),
  },
  {
    what: 'Who somebody is',
    tests: ['knows people by their id', 'knows people by their e-mail address where the platform tells any'],
    cell: ({ id, limits }) => {
      if (id === 'web') return 'signed in';
      return limits.emails ? 'by e-mail address' : 'by a code, `/incident link`';
    },
  },
  {
    what: 'A group of those on call',
    tests: ['sets who is in a group, or says clearly why it cannot'],
    cell: named({ slack: 'user group', teams: 'tag', discord: 'role', web: 'team of the program' }),
  },
];

const STANDING: readonly Feature[] = [
  {
    what: 'Hostile words',
    tests: [
      'shows the same words, whatever they look like, and notifies nobody',
      'shows the same words in headings, lists, fields, small print and code',
      'shows each of 500 hostile strings as it is, in every field of a message',
      'shows hostile words on buttons and in menus, and they work',
      'shows hostile words in forms',
      'opens rooms whose names, topics and links are hostile',
    ],
    cell: always('are words'),
  },
  {
    what: 'Delivered twice',
    tests: ['passes on what people say, once, and does not take it for a command'],
    farTests: ['does everything once when everything is delivered three times'],
    cell: always('done once'),
  },
  {
    what: 'Acknowledged while the engine is slow',
    tests: [],
    farTests: ['acknowledges in time when the engine is slow, and the answer follows'],
    cell: ({ id }) => (id === 'web' ? 'in this program' : 'within 3 s'),
  },
  {
    what: 'Too many requests, errors, down',
    tests: [],
    farTests: [
      'says how long to wait when the platform is asked too often',
      'says that trying again helps when the platform fails, and then posts once',
      'says that trying again helps while the platform is down, and works when it is back',
      'stays below the rates that the platform allows',
    ],
    cell: ({ id }) => (id === 'web' ? 'in this program' : 'waited for, then done once'),
  },
  {
    what: 'The token is revoked',
    tests: [],
    farTests: ['waits for a token that was revoked, and works again when it is restored'],
    cell: ({ id }) => (id === 'web' ? 'needs none' : 'waited for'),
  },
];

export const FEATURES: readonly Feature[] = [...ASKING, ...ROOMS, ...MESSAGES, ...HEARING, ...STANDING];
