/** What the model says. A string is a text; nothing of it is held against the form that was asked for. */
export interface Reply {
  /** Shown only where the request asks for a summary. */
  readonly thinking?: string;
  readonly text?: string;
  /** In place of `text`. */
  readonly json?: unknown;
  readonly calls?: readonly { readonly name: string; readonly input: unknown }[];
  /** Where it is not the one that follows from the rest. */
  readonly stop?: string;
}
