import type { Limits } from '#src/chat/platform.ts';

export const PLATFORM = 'teams';

/** The room that everybody is in: the configured channel, whatever people call it. */
export const LOBBY = 'incidents';

/** Characters of a channel's name: Microsoft Graph, "channel resource type". */
const CHANNEL_NAME = 50;

/** A channel's description may have 1024 characters, the same page; this many are read at a glance. */
const TOPIC = 250;

/**
 * A message may have about 100 KB in UTF-16, of which 80 are safe, and a card
 * about 28 KB: "Format your bot messages" and "Cards reference" of Microsoft
 * Teams. The characters below fit a card with its markup; what does not is cut
 * again by its real size.
 */
export const CARD_BYTES = 28_000;
const MESSAGE_CHARS = 10_000;

/** A client shows six actions side by side: "Design Adaptive Cards for your app". */
export const BUTTONS_IN_A_ROW = 6;
const BUTTONS = 2 * BUTTONS_IN_A_ROW;
export const LABEL = 75;
export const SUMMARY = 300;
export const OPTIONS = 100;

/** People for whom a card is kept fresh by itself: "Universal Actions for Adaptive Cards". */
export const REFRESHED = 60;

/**
 * The largest picture that a message carries in itself: 80 KB in UTF-16 are
 * 40,000 characters, and base64 takes four of them for three bytes.
 */
const PICTURE_BYTES = 28_000;

/** Rooms are channels of a team, made through Microsoft Graph. */
export const LIMITS: Limits = {
  roomName: CHANNEL_NAME,
  topic: TOPIC,
  message: MESSAGE_CHARS,
  buttons: BUTTONS,
  formFields: 20,
  commands: 'mention of the bot',
  completion: false,
  privateReply: 'in the room',
  form: 'opens by a button',
  formErrors: 'above the form',
  room: 'channel',
  privateRooms: true,
  liveTopic: true,
  archive: 'archived',
  threads: true,
  pins: false,
  bookmarks: true,
  // Teams tells bots of reactions to their own messages only, and lets them react in a preview only.
  reactions: false,
  file: PICTURE_BYTES,
  emails: true,
};

/** Where no team is set, rooms are threads of the configured channel, which the whole team sees. */
export const LIMITS_OF_THREADS: Limits = {
  ...LIMITS,
  room: 'thread',
  privateRooms: false,
  archive: 'locked',
  threads: false,
  bookmarks: false,
};
