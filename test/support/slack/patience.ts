/** How long Slack waits, in milliseconds of real time. */
export interface Patience {
  /** For an acknowledgement. */
  readonly ackMs: number;
  /** Before an event that nobody acknowledged comes again. Slack's own: at once, a minute, five minutes. */
  readonly againMs: readonly number[];
  /** For a form after a press. */
  readonly triggerMs: number;
}
