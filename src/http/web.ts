import type { Person } from '#src/incident/person.ts';

/**
 * What this folder needs of the built-in chat (`adapters/web`): everything
 * below /web that is not answered here, and the live connections. It says what
 * is needed, so that neither has to import the other; main.ts joins them.
 */
export interface WebChat {
  /**
   * One request below /web, from somebody who is known, with a body of at most
   * 1 MiB, or 9 where it is a file. Null: it has no such address. What it throws is answered as any
   * error is.
   */
  handle(request: Request, who: Person): Promise<Response | null>;
  /**
   * A page has connected. `send` takes what the protocol pushes and may be
   * called at any time; false says that the page takes no more: it was too slow
   * and is cut off, or it is gone.
   */
  connect(who: Person, send: (push: object) => boolean): WebConnection;
  /** The people whose page is connected, here or elsewhere. */
  online(): readonly string[];
}

export interface WebConnection {
  /** What the page sent, read as JSON and nothing more. What it throws ends the connection. */
  received(sent: unknown): void;
  /** The page is gone; called once. */
  closed(): void;
}
