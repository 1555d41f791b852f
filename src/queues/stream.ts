/**
 * Alerts that wait in a queue of somebody else's until we take them: one driver for each kind of
 * broker. A driver takes as many messages at a time as it bounds itself to, hands each to `take`, and
 * tells the broker that one is done only after its verdict: whatever happens in between, the broker
 * still has it and brings it again.
 */
export interface AlertStream {
  /** As logs, metrics and people call it. */
  readonly name: string;
  /** Begins, and goes on by itself for ever: a broker that is away is waited for. */
  start(take: Take): void;
  /** Whether messages can come at this moment. */
  isConnected(): boolean;
  /** What was begun is ended or given back; nothing new is taken. */
  stop(): Promise<void>;
}

export interface Message {
  readonly body: Buffer;
  /** What the sender calls it, for people who look for it. */
  readonly id: string | null;
  /** How often it was given back before, where the broker counts that and drops what came back too often; else 0. */
  readonly givenBack: number;
}

/**
 * `taken`: committed, or known from before. `later`: the broker keeps it and brings it again. `dead`: no
 * number of tries makes it readable; it is put aside with the reason.
 */
export type Verdict =
  | { readonly end: 'taken' }
  | { readonly end: 'later' }
  | { readonly end: 'dead'; readonly why: string };

/** Never throws. `signal` ends the waiting, not what is being committed. */
export type Take = (message: Message, signal: AbortSignal) => Promise<Verdict>;

/** The part of a logger that this folder speaks to. */
export interface StreamLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}
