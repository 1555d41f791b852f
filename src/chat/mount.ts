import type { IncomingMessage, ServerResponse } from 'node:http';

/** A path of the program's web server at which a platform calls us. The adapter reads the body itself and checks who sent it. */
export interface Mount {
  readonly path: string;
  handle(request: IncomingMessage, response: ServerResponse): void;
}
