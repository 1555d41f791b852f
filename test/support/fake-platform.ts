/**
 * A chat platform that stands in for the real one: a server that speaks its
 * protocol and refuses what the real one refuses, with hands (what people there
 * do) and eyes (what they see). Slack's, Teams', Discord's and the built-in web chat's test
 * doubles have the same hands and eyes, so that one story runs on all of them.
 */
export interface FakePlatform {
  readonly name: string;
  /** The settings with which the program finds it: names of the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly people: {
    /** Full members. Their e-mail addresses, where the platform tells any: ana@example.com, bo@example.com, cy@example.com. */
    readonly ana: FakePerson;
    readonly bo: FakePerson;
    readonly cy: FakePerson;
    /** Of another organisation: a guest, where the platform tells them apart. */
    readonly guest: FakePerson;
  };

  // Hands. Each resolves when the platform has been acknowledged; what comes of it is seen a little later.
  /**
   * `/incident` and a text, given as the platform has commands given; or words for the room.
   * In both, `<@ID>` with the id of one of the people is a mention of them, made as their app makes it;
   * everything else is what the keys say.
   */
  types(who: FakePerson, room: string, line: string, how?: Delivered): Promise<void>;
  /** The newest button (or menu option) of this label that the person can see in the room, or directly. Confirms where it asks. */
  presses(who: FakePerson, room: string, label: string, how?: Delivered): Promise<void>;
  /** Sends the form that stands open for the person, with these answers by the name of their field, and what was in it already. A choice is given by its value or its label. */
  fills(who: FakePerson, answers: Readonly<Record<string, string>>, how?: Delivered): Promise<void>;
  /** What is offered for `/incident ` and this text while it is typed. */
  completes(who: FakePerson, room: string, typed: string): Promise<readonly string[]>;
  /** Picks an entry of a message's own menu, such as "Add to timeline". */
  shortcut(who: FakePerson, message: SeenMessage, label: string, how?: Delivered): Promise<void>;
  pins(who: FakePerson, message: SeenMessage, how?: Delivered): Promise<void>;
  reacts(
    who: FakePerson,
    message: SeenMessage,
    emoji: string,
    how?: Delivered & { readonly off?: boolean },
  ): Promise<void>;
  rewrites(who: FakePerson, message: SeenMessage, text: string): Promise<void>;
  deletes(who: FakePerson, message: SeenMessage): Promise<void>;
  shares(
    who: FakePerson,
    room: string,
    file: {
      readonly name: string;
      readonly type: string;
      readonly bytes: Uint8Array;
      readonly words: string;
    },
  ): Promise<void>;
  /** Answers below a message. */
  answers(who: FakePerson, message: SeenMessage, text: string): Promise<void>;
  /** Opens their own page of the bot, or what comes nearest to it. */
  opensHome(who: FakePerson): Promise<void>;

  // Eyes.
  /** The main flow of a room as this person reads it, oldest first; nothing where they may not look. */
  messages(reader: FakePerson, room: string): readonly SeenMessage[];
  /** What stands below a message. */
  below(reader: FakePerson, message: string): readonly SeenMessage[];
  /** Between the bot and this person alone. */
  direct(reader: FakePerson): readonly SeenMessage[];
  /** The form that stands open for this person. */
  form(reader: FakePerson): SeenForm | null;
  home(reader: FakePerson): SeenMessage | null;
  room(id: string): SeenRoom | null;
  /** The rooms that this person finds by listing or searching. */
  rooms(reader: FakePerson): readonly SeenRoom[];

  // Trouble.
  readonly trouble: {
    /** What the next calls of this method (the platform's own name of it) meet, in order. */
    next(method: string, ...troubles: readonly Trouble[]): void;
    /** Everything is delivered so many times from now on. */
    deliverTimes(times: number): void;
    /** Deliveries wait, and go out in the other order, with `release`. */
    hold(): void;
    release(): Promise<void>;
    dropConnections(): void;
    /** Until `back` is called every call is refused, as when the platform is down. */
    down(): void;
    back(): void;
    revokeToken(): void;
    restoreToken(): void;
    deleteRoom(id: string): void;
    deleteMessage(id: string): void;
    /** The person leaves the workspace. */
    leaves(who: FakePerson): void;
  };

  // What was measured.
  readonly measured: {
    /** Every call of the program, in order. */
    readonly calls: readonly {
      readonly method: string;
      readonly at: number;
      readonly status: number;
      readonly body: unknown;
    }[];
    /** Calls that the real platform would have refused, with the reason: they were refused. */
    readonly refused: readonly string[];
    /** Calls above the platform's documented rates (they were answered 429). */
    readonly tooMany: readonly string[];
    /** Milliseconds from a delivery to its acknowledgement. */
    readonly acknowledged: readonly number[];
  };
  stop(): Promise<void>;
}

export interface FakePerson {
  /** The platform's own id. */
  readonly id: string;
  readonly name: string;
}

export interface Delivered {
  /** The platform's delivery id: the same one again is the same thing delivered again. */
  readonly delivery?: string;
}

export type Trouble =
  | { readonly status: number; readonly retryAfterS?: number }
  /** The platform's own error word or number, as it says it. */
  | { readonly error: string }
  /** Done, but the answer never comes. */
  | { readonly lost: true }
  | { readonly delayMs: number };

/** What a person sees of one message: markup interpreted as the platform's own app does. */
export interface SeenMessage {
  readonly id: string;
  readonly room: string;
  /** The words, without the labels of buttons; parts are on lines of their own. What is escaped is seen as it was meant. */
  readonly text: string;
  /** `bot`, or the id of the person. */
  readonly author: string;
  readonly buttons: readonly string[];
  /** Options of its menus. */
  readonly options: readonly string[];
  /** The ids of those whom the platform notifies because of it; `everyone` where it is all of them. */
  readonly notified: readonly string[];
  /** Addresses that can be followed, those made of bare text by the platform included. */
  readonly links: readonly string[];
  readonly pinned: boolean;
  /** Only this reader sees it. */
  readonly private: boolean;
  /** By emoji: how many. */
  readonly reactions: Readonly<Record<string, number>>;
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

export interface SeenForm {
  readonly title: string;
  /** An error that is said above the fields. */
  readonly error: string;
  readonly fields: readonly {
    readonly name: string;
    readonly label: string;
    readonly value: string;
    readonly error: string;
    /** The labels of its choices. */
    readonly choices: readonly string[];
  }[];
}

export interface SeenRoom {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  /** Nobody can write in it any more. */
  readonly archived: boolean;
  readonly private: boolean;
  /** Ids of those who were added, without the bot. */
  readonly members: readonly string[];
  readonly bookmarks: readonly string[];
}
