/** A message as whoever it is for has it before their eyes or in their ear. */
export interface Seen {
  readonly to: string;
  /** The headline; of what has none, all of it. */
  readonly title: string;
  /** Every word they see or hear, the title among them. */
  readonly text: string;
  /** What they can open, by what stands on it. */
  readonly links: Readonly<Record<string, string>>;
}
