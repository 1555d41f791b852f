/** Asks the server. Every refusal and every failure is an ApiError, whose message can be shown. */
export interface Api {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  /** The bytes of a file, as its own type. */
  upload<T>(path: string, file: Blob): Promise<T>;
  put<T>(path: string, body: object): Promise<T>;
  patch<T>(path: string, body: object): Promise<T>;
  remove<T>(path: string): Promise<T>;
}

interface FieldFault {
  readonly field: string;
  readonly message: string;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status; 0 when the server was not reached at all. */
  readonly status: number;
  /** What is wrong with which field, where the server says. */
  readonly fields: readonly FieldFault[];

  constructor(status: number, message: string, fields: readonly FieldFault[] = []) {
    super(message);
    this.status = status;
    this.fields = fields;
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
    if (!response.ok) throw await refusal(response);
    if (response.status === 204) return undefined as T;
    return (await response.json()) as T;
  }
  return {
    get: (path, signal) => ask('GET', path, undefined, signal),
    post: (path, body) => ask('POST', path, body),
    upload: (path, file) => ask('POST', path, file),
    put: (path, body) => ask('PUT', path, body),
    patch: (path, body) => ask('PATCH', path, body),
    remove: (path) => ask('DELETE', path),
  };
}

/** What went wrong, in words for the person who sees it. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return 'Something went wrong on this page. Please try again.';
}

async function refusal(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => null)) as Partial<RefusalBody> | null;
  const message = body?.message ?? `The server answered with an error (${response.status}).`;
  const { field, fields = [] } = body?.details ?? {};
  return new ApiError(response.status, message, field === undefined ? fields : [{ field, message }]);
}

/** The API's error object: a single `field` is wrong as the message says, or each of `fields` as it says itself. */
interface RefusalBody {
  readonly message: string;
  readonly details: { readonly field?: string; readonly fields?: readonly FieldFault[] };
}
