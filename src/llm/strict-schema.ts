import { z } from 'zod';

import type { JsonSchema } from './model.ts';

/**
 * A form as the API takes it: every object closed, and without the limits that the other side does not
 * hold anyway. Those are put into words, and zod holds them when the answer is there.
 *
 * @throws Error where the form cannot be said so: it has keys that are not named, or speaks of itself
 */
export function strictSchema(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...form } = z.toJSONSchema(schema, { io: 'input', cycles: 'throw', reused: 'inline' });
  return strict(form) as JsonSchema;
}

/** The words of the schema that are values, not form, are changed by `change`: what is chosen from. */
export function mapChoices(form: JsonSchema, change: (choice: string) => string): JsonSchema {
  return walk(form, (key, value) => {
    if (key === 'const' && typeof value === 'string') return change(value);
    if (key === 'enum' && Array.isArray(value)) {
      return value.map((it: unknown) => (typeof it === 'string' ? change(it) : it));
    }
    return undefined;
  }) as JsonSchema;
}

/** What the API refuses in a form, and what it does not hold. */
const LIMITS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minItems',
  'maxItems',
  'uniqueItems',
  'propertyNames',
  'minProperties',
  'maxProperties',
] as const;

/** What the machine can count is no limit that a reader needs to know. */
const IS_SAFE_LIMIT = new Set([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]);

/** What the API has no word for. */
const UNKNOWN = ['prefixItems', 'not', 'patternProperties', '$ref'] as const;

function strict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strict);
  if (typeof node !== 'object' || node === null) return node;
  const found = { ...(node as Record<string, unknown>) };
  const words: string[] = [];
  for (const limit of LIMITS) {
    const value = found[limit];
    delete found[limit];
    if (value === undefined || IS_SAFE_LIMIT.has(value as number)) continue;
    words.push(`${limit}: ${JSON.stringify(value)}`);
  }
  delete found['default'];
  if ('oneOf' in found) {
    found['anyOf'] = found['oneOf'];
    delete found['oneOf'];
  }
  for (const key of UNKNOWN) {
    if (key in found) throw new Error(`a form for a model cannot say ${key}`);
  }
  for (const key of ['anyOf', 'allOf', 'items']) {
    if (key in found) found[key] = strict(found[key]);
  }
  if (found['type'] === 'object') close(found);
  if (words.length > 0) {
    const described = typeof found['description'] === 'string' ? `${found['description']} ` : '';
    found['description'] = `${described}{${words.join(', ')}}`;
  }
  return found;
}

function close(found: Record<string, unknown>): void {
  const open = found['additionalProperties'];
  if (open !== undefined && open !== false) throw new Error('a form for a model has keys that are not named');
  found['additionalProperties'] = false;
  const properties = (found['properties'] ?? {}) as Record<string, unknown>;
  found['properties'] = Object.fromEntries(Object.entries(properties).map(([key, it]) => [key, strict(it)]));
}

type Change = (key: string, value: unknown) => unknown;

function walk(node: unknown, change: Change): unknown {
  if (Array.isArray(node)) return node.map((it) => walk(it, change));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [key, change(key, value) ?? walk(value, change)]),
  );
}
