import type {
  MenuView,
  Form,
  MeView,
  MessageView,
  PersonView,
  RoomView,
  SetupView,
} from '#adapters/web/protocol.ts';

import type { IncidentView } from '../net/rest.ts';
import type { Log } from './log.ts';
import type { Outgoing } from './outgoing.ts';
import type { KnownTimeline } from './timelines.ts';

/** Everything the page knows. It is replaced, never changed, so that what is the same object is the same. */
export interface State {
  readonly session: Session;
  readonly link: 'connecting' | 'live' | 'down';
  readonly online: ReadonlySet<string>;
  /** Null until the server has told them. */
  readonly rooms: ReadonlyMap<string, RoomView> | null;
  /** By room. */
  readonly logs: ReadonlyMap<string, Log>;
  /** By the message they hang below. */
  readonly threads: ReadonlyMap<number, Log>;
  /** By room, oldest first. */
  readonly pins: ReadonlyMap<string, readonly MessageView[]>;
  readonly outbox: readonly Outgoing[];
  /** By number. */
  readonly incidents: ReadonlyMap<number, IncidentView>;
  /** Before that, an empty `incidents` does not say that there are none. */
  readonly incidentsTold: boolean;
  readonly timelines: ReadonlyMap<number, KnownTimeline>;
  readonly typing: readonly Typing[];
  readonly setup: SetupView | null;
  /** What a message's menu offers beside what the chat itself can do. */
  readonly menu: MenuView['entries'];
  readonly place: Place;
  /** The message whose thread stands beside the room. */
  readonly thread: number | null;
  /** On narrow screens: what lies over the room. */
  readonly drawer: 'rooms' | 'side' | null;
  /** On wide screens: whether the incident stands beside the room. */
  readonly sideShown: boolean;
  readonly dialog: Dialog | null;
  /** The message being edited in place. */
  readonly editing: number | null;
  /** Buttons and selects that were used: waiting, or what went wrong. By message and part. */
  readonly presses: ReadonlyMap<string, Press>;
  /** A sentence that shows for a moment. */
  readonly notice: { readonly text: string; readonly id: number } | null;
  /** Read out by screen readers; not shown. */
  readonly spoken: string;
  /** In the room shown: the first message that was new when the reader came. */
  readonly unreadFrom: number | null;
  /** The message to scroll to, once. */
  readonly goal: { readonly room: string; readonly message: number } | null;
}

export type Session =
  | { readonly type: 'loading' }
  | { readonly type: 'signed out' }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'in'; readonly view: MeView };

export type Place =
  | { readonly type: 'home' }
  | { readonly type: 'me' }
  /** `path` is what follows in the address: empty, or such as `/schedules/payments`. */
  | { readonly type: 'on-call'; readonly path: string }
  | { readonly type: 'room'; readonly room: string };

export interface Typing {
  readonly room: string;
  readonly person: string;
  /** Milliseconds since 1970 after which it is no longer so. */
  readonly until: number;
}

export type Press =
  | { readonly type: 'busy'; readonly what: string }
  | {
      readonly type: 'failed';
      readonly reason: string;
      /** It may have been done all the same, under this id. */
      readonly lost: LostPress | null;
    };

export interface LostPress {
  /** The value that was picked, or the place of the button. */
  readonly what: string;
  /** Of the button. */
  readonly label: string;
  readonly id: string;
}

export type Dialog =
  | {
      readonly type: 'form';
      /** Another time the same command is asked for, that is another form. */
      readonly id: string;
      readonly form: Form;
      readonly room: string | null;
      readonly after: ((answered: MessageView) => void) | null;
    }
  | {
      readonly type: 'confirm';
      readonly question: string;
      readonly yes: string;
      readonly danger: boolean;
      readonly run: () => void;
    }
  | { readonly type: 'search' }
  | { readonly type: 'help' }
  | { readonly type: 'invite' }
  | { readonly type: 'people'; readonly room: string };

export function firstState(place: Place, outbox: readonly Outgoing[]): State {
  return {
    session: { type: 'loading' },
    link: 'connecting',
    online: new Set(),
    rooms: null,
    logs: new Map(),
    threads: new Map(),
    pins: new Map(),
    outbox,
    incidents: new Map(),
    incidentsTold: false,
    timelines: new Map(),
    typing: [],
    setup: null,
    menu: [],
    place,
    thread: null,
    drawer: null,
    sideShown: true,
    dialog: null,
    editing: null,
    presses: new Map(),
    notice: null,
    spoken: '',
    unreadFrom: null,
    goal: null,
  };
}

/** Null before the session is known. */
export function meOf({ session }: Pick<State, 'session'>): PersonView | null {
  return session.type === 'in' ? session.view.me : null;
}

export function peopleOf({ session }: Pick<State, 'session'>): readonly PersonView[] {
  return session.type === 'in' ? session.view.people : NOBODY;
}

const NOBODY: readonly PersonView[] = [];

export function roomShown({ place }: Pick<State, 'place'>): string | null {
  return place.type === 'room' ? place.room : null;
}

/** A copy of the map in which `key` is `value`. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

export function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
