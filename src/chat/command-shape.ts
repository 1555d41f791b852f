/** A command as data: all that a platform's menus, options and manifests show of it. */
export interface CommandShape {
  /** What people type after `/incident`. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** One line, in the imperative. */
  readonly summary: string;
  /** Under which heading it is shown. */
  readonly group: string;
  /** How it is typed. */
  readonly usage: string;
  readonly args: readonly ArgShape[];
  /** It can be given on a message somebody wrote: what the menu says, and which argument takes the words. */
  readonly onMessage: {
    readonly label: string;
    readonly arg: string;
    readonly asks: 'draft' | 'saved';
  } | null;
  /** What it answers is what a person's own page of the bot shows, where the platform has one. */
  readonly isHome: boolean;
}

export interface ArgShape {
  readonly name: string;
  readonly kind: ArgKind;
  readonly help: string;
  readonly required: boolean;
  /** All there are, for a choice; else empty. */
  readonly choices: readonly string[];
  /** Words people usually give for a text; others are taken too. */
  readonly offers: readonly string[];
}

/** A closed list: each kind must be drawable on every platform. */
export type ArgKind =
  | 'text'
  | 'paragraph'
  | 'choice'
  | 'severity'
  | 'person'
  | 'assignee'
  | 'schedule'
  | 'incident'
  | 'when'
  | 'duration';
