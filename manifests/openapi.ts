import { openapiDocument } from '#src/http/routes/index.ts';

/** The OpenAPI document as it is checked in; the server answers the same at /api/v1/openapi.json. */
export function openapiJson(): string {
  return `${JSON.stringify(openapiDocument(), null, 2)}\n`;
}
