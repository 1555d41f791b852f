/** Asks the server. Every refusal and every failure is an ApiError, whose message can be shown. */
export interface Api {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  /** The bytes of a file, as its own type. */
  upload<T>(path: string, file: Blob): Promise<T>;
  patch<T>(path: string, body: object): Promise<T>;
  remove<T>(path: string): Promise<T>;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status; 0 when the server was not reached at all. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** The same request may succeed later, without anybody changing it. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || (this.status >= 502 && this.status <= 504);
  }
}

const UNKNOWN_TYPE = 'application/octet-stream';

/** `as`: the demo person this tab acts as, or null for the visitor as they are. */
export function makeApi(
  as: string | null,
  fetch: typeof globalThis.fetch = globalThis.fetch.bind(globalThis),
): Api {
  async function ask<T>(
    method: string,
    path: string,
    body?: object | Blob,
    signal?: AbortSignal,
  ): Promise<T> {
    const headers = new Headers({ accept: 'application/json' });
    if (as !== null) headers.set('x-act-as', as);
    const isFile = body instanceof Blob;
    if (body) headers.set('content-type', isFile ? body.type || UNKNOWN_TYPE : 'application/json');
    const init: RequestInit = { method, headers, credentials: 'same-origin', signal: signal ?? null };
    if (body) init.body = isFile ? body : JSON.stringify(body);
    const response = await fetch(path, init).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new ApiError(0, 'The server cannot be reached right now.');
    });
    if (!response.ok) throw new ApiError(response.status, await reason(response));
    if (response.status === 204) return undefined as T;
    return (await response.json()) as T;
  }
  return {
    get: (path, signal) => ask('GET', path, undefined, signal),
    post: (path, body) => ask('POST', path, body),
    upload: (path, file) => ask('POST', path, file),
    patch: (path, body) => ask('PATCH', path, body),
    remove: (path) => ask('DELETE', path),
  };
}

/** What went wrong, in words for the person who sees it. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return 'Something went wrong on this page. Please try again.';
}

async function reason(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null);
  if (typeof body === 'object' && body !== null && 'message' in body && typeof body.message === 'string') {
    return body.message;
  }
  return `The server answered with an error (${response.status}).`;
}
