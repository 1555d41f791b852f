import type { Limits } from '#src/chat/platform.ts';

export const PLATFORM = 'discord';

/** The room in which every incident is announced; with `rooms: 'thread'` the others are threads in it. */
export const LOBBY = 'incidents';

/**
 * What Discord can do, where each incident has a channel. Numbers are of Discord's
 * API documentation (v10): channel, message, components, interactions.
 */
export const LIMITS: Limits = {
  roomName: 100,
  topic: 1024,
  // Of all texts of one message with components, with what escapes them.
  message: 4000,
  buttons: 25,
  formFields: 5,
  commands: 'slash command',
  completion: true,
  privateReply: 'in the room',
  form: 'opens at once',
  formErrors: 'above the form',
  room: 'channel',
  privateRooms: true,
  // A channel's name and topic can change twice in ten minutes.
  liveTopic: false,
  archive: 'locked',
  threads: true,
  pins: true,
  bookmarks: false,
  reactions: true,
  // Of a bot, whatever the server's level.
  file: 10 * 1024 * 1024,
  emails: false,
};

/** Where each incident has a thread in the lobby: what stands below a message stands in the thread too. */
export const THREAD_LIMITS: Limits = { ...LIMITS, room: 'thread', threads: false };

/** Discord's numbers that the port does not ask for. */
export const MAX = {
  /** Characters of a plain message. */
  content: 2000,
  /** Components of one message, those inside others counted. */
  components: 40,
  rowButtons: 5,
  /** Options of a menu, choices of an option, completions at once. */
  options: 25,
  buttonLabel: 80,
  optionLabel: 100,
  optionValue: 100,
  placeholder: 150,
  modalTitle: 45,
  modalLabel: 45,
  modalHelp: 100,
  modalPlaceholder: 100,
  input: 4000,
  commandName: 32,
  description: 100,
  /** Names, descriptions and values of one command, its options and choices counted. */
  command: 8000,
  /** Channels below one category. */
  inCategory: 50,
  /** Channels of one server, categories and what was put away included. */
  inServer: 500,
  nonce: 25,
  mentions: 100,
} as const;
