import type { Limits } from '#src/chat/platform.ts';

/** What Slack can do. Its pages on Block Kit, conversations and messages name the numbers; see the README. */
export const LIMITS: Limits = {
  roomName: 80,
  topic: 250,
  // Slack takes more (40,000 characters as text), but refuses blocks that are too long together, and nobody reads it.
  message: 8000,
  buttons: 25,
  formFields: 40,
  commands: 'slash command',
  completion: false,
  privateReply: 'in the room',
  form: 'opens at once',
  formErrors: 'at the field',
  room: 'channel',
  privateRooms: true,
  liveTopic: true,
  archive: 'archived',
  threads: true,
  pins: true,
  bookmarks: true,
  reactions: true,
  // Slack takes 1 GB; this is what we carry in memory at once.
  file: 64 * 1024 * 1024,
  emails: true,
};

/** Block Kit's limits, or less, in characters after escaping, or in pieces. */
export const BLOCKS = {
  message: 50,
  // All words of a message's blocks together: Slack answers msg_blocks_too_long beyond 13,200.
  characters: 13_000,
  view: 100,
  header: 150,
  fields: 10,
  field: 2000,
  context: 3000,
  button: 75,
  value: 2000,
  options: 100,
  option: 75,
  optionValue: 150,
  // All labels of a menu together: our own number, so that words beside it have room.
  optionLabels: 4000,
  placeholder: 150,
  label: 2000,
  input: 3000,
  viewTitle: 24,
  metadata: 3000,
  confirmTitle: 100,
  confirmText: 200,
  url: 3000,
} as const;

/** How long Slack waits for what it must be told, and what we leave of it, in milliseconds. */
export const DEADLINES = {
  /** A form opens within 3 s of the press; opening it is a call of its own. */
  form: 1500,
  /** What is wrong with a form is said within 3 s. */
  submission: 400,
  /** Options of a menu are offered within 3 s. */
  options: 2200,
  call: 10_000,
  upload: 60_000,
} as const;
