/** What the API refuses a request with. Thrown by the checks, written by the server. */
export class Refused extends Error {
  readonly status: number;
  readonly type: string;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(status: number, type: string, message: string, details?: Readonly<Record<string, unknown>>) {
    super(message);
    this.status = status;
    this.type = type;
    this.details = details;
  }
}

export function invalid(message: string): never {
  throw new Refused(400, 'invalid_request_error', message);
}

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object's fields; refuses what is none, and what has others than these. */
export function objectAt(at: string, value: unknown, fields: readonly string[]): JsonObject {
  if (!isObject(value)) invalid(`${at}: Input should be a valid dictionary`);
  for (const key of Object.keys(value)) {
    if (!fields.includes(key)) invalid(`${at}.${key}: Extra inputs are not permitted`);
  }
  return value;
}

export function arrayAt(at: string, value: unknown): readonly Json[] {
  if (!Array.isArray(value)) invalid(`${at}: Input should be a valid list`);
  return value as readonly Json[];
}

export function stringAt(at: string, value: unknown): string {
  if (value === undefined) invalid(`${at}: Field required`);
  if (typeof value !== 'string') invalid(`${at}: Input should be a valid string`);
  return value;
}

/** A string as it is, anything else as JSON. */
export function plain(value: Json | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
