import type { Limits } from '#src/chat/platform.ts';

/** What this chat can do. It draws messages itself, so these protect the reader and not the machine. */
export const LIMITS: Limits = {
  roomName: 80,
  topic: 250,
  message: 16_000,
  buttons: 10,
  formFields: 20,
  commands: 'slash command',
  completion: true,
  privateReply: 'in the room',
  form: 'opens at once',
  formErrors: 'at the field',
  room: 'channel',
  privateRooms: true,
  liveTopic: true,
  archive: 'archived',
  threads: true,
  pins: true,
  bookmarks: false,
  reactions: true,
  file: 8 * 1024 * 1024,
  emails: false,
};
