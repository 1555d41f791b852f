/** Where Slack calls us when it is not by a socket that we open. */
export const PATH = '/slack/events';

/** Begins the callback id of a shortcut that is about no message. */
export const GLOBAL = 'new-';
