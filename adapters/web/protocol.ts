import type { Form, Message } from '#src/chat/message.ts';
import type { Suggestion } from '#src/chat/platform.ts';

export type { Button, Form, FormField, Inline, Message, Part, Select, Text } from '#src/chat/message.ts';
export type { Suggestion } from '#src/chat/platform.ts';

/**
 * What the page and the server say to each other, over HTTP below `/web` and
 * one WebSocket at `/web/live`. Requests carry JSON; refusals are the API's
 * error object. Ids of messages rise with time. Times are ISO 8601.
 */

export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly role: 'viewer' | 'responder' | 'admin';
  readonly online: boolean;
}

/** GET /web/me. `actAs` is true where the visitor may try the product as any demo person (POST /web/act-as). */
export interface MeView {
  readonly me: PersonView;
  readonly actAs: boolean;
  readonly people: readonly PersonView[];
  readonly teams: readonly { readonly id: string; readonly name: string }[];
}

export interface RoomView {
  readonly id: string;
  readonly kind: 'room' | 'direct';
  readonly name: string;
  readonly topic: string;
  readonly members: readonly string[];
  readonly archived: boolean;
  /** Only its members find it and see it. */
  readonly private: boolean;
  readonly lastAt: string;
  readonly unread: number;
  /** Unread messages that mention the reader. */
  readonly mentions: number;
}

export interface MessageView {
  readonly id: number;
  readonly room: string;
  readonly threadOf: number | null;
  readonly replies: number;
  /** Null: the bot. */
  readonly author: { readonly id: string; readonly name: string } | null;
  /** Only the reader sees it. */
  readonly private: boolean;
  /** What a person wrote, with mentions as `@id`; or what the bot says, drawn part by part. */
  readonly body:
    | { readonly type: 'words'; readonly text: string }
    | { readonly type: 'message'; readonly message: Message };
  readonly postedAt: string;
  readonly editedAt: string | null;
  readonly deleted: boolean;
  readonly pinned: boolean;
  readonly reactions: readonly { readonly emoji: string; readonly people: readonly string[] }[];
  /** GET /web/files/:id has the bytes of each. */
  readonly files: readonly FileView[];
}

export interface FileView {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** In bytes. */
  readonly size: number;
}

/** GET /web/rooms */
export interface RoomsView {
  readonly rooms: readonly RoomView[];
}

/** GET /web/rooms/:id/messages?before=ID | ?after=ID (at most 100, oldest first) and /web/messages/:id/thread */
export interface MessagesView {
  readonly messages: readonly MessageView[];
  readonly more: boolean;
}

/** POST /web/rooms/:id/messages {id, text, threadOf?}: words, or a command when it begins with `/incident`. `id` is a UUID the page makes; sent twice it counts once. */
export interface SendBody {
  readonly id: string;
  readonly text: string;
  readonly threadOf?: number;
}

/** POST /web/messages/:id/press {id, part, button} or {id, part, value}: `part` is the index in `message.parts`. */
export interface PressBody {
  readonly id: string;
  readonly part: number;
  readonly button?: number;
  readonly value?: string;
  /** What the button said when it was pressed: a card that was changed meanwhile is then refused, not misread. */
  readonly label?: string;
}

/** POST /web/messages/:id/command {id, command}: an entry of the menu, on this message; answers an Answer. */
/** GET /web/menu: what a message's menu offers beside what the chat itself can do. */
export interface MenuView {
  readonly entries: readonly { readonly command: string; readonly label: string }[];
}

/** POST /web/forms {id, room, command, args} */
export interface FormBody {
  readonly id: string;
  readonly room: string | null;
  readonly command: string;
  readonly args: Readonly<Record<string, string>>;
}

/** What all three answer. A reply to a command also comes as a message over the socket. */
export type Answer =
  | { readonly type: 'posted'; readonly message: MessageView }
  | { readonly type: 'form'; readonly form: Form };

/** POST /web/messages/:id/reactions {emoji, on}; POST /web/messages/:id/pin {on}; PATCH /web/messages/:id {text}; DELETE /web/messages/:id: the author's own. Each answers the MessageView. */
/** POST /web/rooms/:id/files?id=UUID&name=NAME&words=WORDS&threadOf=ID with the bytes as the body and their Content-Type: answers the MessageView. */
/** POST /web/direct {person} answers the RoomView. POST /web/rooms/:id/read {last} answers 204. */

/** GET /web/rooms/:id/pins answers a MessagesView of every pinned message of the room, oldest first. */

/** GET /web/setup: what a newcomer needs for the first alert. The key and the line are null where keys are not shown on the page. */
export interface SetupView {
  readonly key: string | null;
  /** A line to paste into a terminal that sends an alert. */
  readonly curl: string | null;
  readonly sources: readonly { readonly name: string; readonly title: string; readonly address: string }[];
}

/** POST /web/setup/sample {source} answers as the door for events does; of that the page reads this. */
export interface SampleView {
  readonly incident_id: string | null;
  readonly message: string;
}

/** GET /web/search?q=words */
export interface SearchView {
  readonly messages: readonly (MessageView & { readonly roomName: string })[];
}

/** GET /web/suggest?line=/incident%20re&room=ID */
export interface SuggestView {
  readonly suggestions: readonly Suggestion[];
}

/** What the server pushes. After a reconnect the page asks for the rooms and messages again and forgets nothing it has. */
export type Push =
  | { readonly type: 'hello'; readonly me: string; readonly online: readonly string[] }
  | { readonly type: 'message'; readonly message: MessageView }
  | { readonly type: 'room'; readonly room: RoomView }
  | { readonly type: 'presence'; readonly online: readonly string[] }
  | { readonly type: 'typing'; readonly room: string; readonly person: string }
  /** Something changed about this incident: its number. The page asks the API again. */
  | { readonly type: 'incident'; readonly number: number }
  | { readonly type: 'pong' };

/** What the page sends over the socket. */
export type Sent = { readonly type: 'typing'; readonly room: string } | { readonly type: 'ping' };
