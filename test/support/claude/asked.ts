import { plain, isObject, type Json, type JsonObject } from './refusal.ts';

/** What a model is asked, whoever it is. */
export interface Asked {
  readonly model: string;
  readonly system: string;
  /** What is not ours: turns of the user and answers of tools, oldest first. */
  readonly texts: readonly string[];
  /** The form of the answer; null for any text. */
  readonly format: JsonObject | null;
  /** That it may use now. */
  readonly tools: readonly { readonly name: string; readonly schema: JsonObject }[];
  /** Names of tools that it used before. */
  readonly called: readonly string[];
  /** It has answered before, and that was not good enough. */
  readonly isAgain: boolean;
  readonly body: JsonObject;
}

/** One string or number of the data, with the name it stood under. */
export interface Leaf {
  readonly key: string;
  readonly value: string;
}

/** Reads a request of the Messages API. */
export function askedOf(body: JsonObject): Asked {
  const messages = listOf(body['messages']);
  const config = objectOf(body['output_config']);
  const format = objectOf(config['format']);
  const choice = objectOf(body['tool_choice'])['type'];
  const called = messages
    .flatMap((it) => (typeof it['content'] === 'string' ? [] : listOf(it['content'])))
    .filter((it) => it['type'] === 'tool_use')
    .map((it) => plain(it['name']));
  return {
    model: plain(body['model']),
    system: textOf(body['system']),
    texts: messages.filter((it) => it['role'] === 'user').flatMap((it) => textsOf(it['content'])),
    format: isObject(format['schema']) ? format['schema'] : null,
    tools:
      choice === 'none'
        ? []
        : listOf(body['tools']).map((it) => ({
            name: plain(it['name']),
            schema: objectOf(it['input_schema']),
          })),
    called,
    isAgain: called.length === 0 && messages.some((it) => it['role'] === 'assistant'),
    body,
  };
}

/** Every string and number that was sent, in its order; JSON is read, other text is one leaf. */
export function leavesOf(asked: Asked): Leaf[] {
  return asked.texts.flatMap((text) => parsed(text).flatMap((it) => leaves('', it)));
}

/** What can be cited: values under `id`, and what looks like `change:17`. */
export function idsOf(all: readonly Leaf[]): string[] {
  const ids = all.filter(
    ({ key, value }) =>
      /^(id|ids|ref|refs|evidence|number)$|(_id|Id|_ids|Ids)$/.test(key) || /^[a-z]+:[\w.-]+$/i.test(value),
  );
  return [...new Set(ids.map(({ value }) => value))];
}

/** Where a value stands in a text as a word of its own; -1 where it does not. */
export function placeOf(value: Json, text: string): number {
  const word = plain(value);
  if (word === '') return -1;
  const escaped = word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  return text.search(new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`, 'i'));
}

function leaves(key: string, value: Json | undefined): Leaf[] {
  if (typeof value === 'string') return [{ key, value }];
  if (typeof value === 'number') return [{ key, value: String(value) }];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((it) => leaves(key, it));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, it]) => leaves(name, it));
}

/** The JSON in a text: all of it, its lines, or what is between the first and the last brace. */
function parsed(text: string): Json[] {
  const whole = json(text);
  if (whole !== undefined) return [whole];
  const between = json(
    text.slice(text.search(/[[{]/), Math.max(text.lastIndexOf('}'), text.lastIndexOf(']')) + 1),
  );
  if (between !== undefined) return [between];
  const lines = text.split('\n').map((it) => json(it) ?? it);
  return lines.some((it) => typeof it === 'object') ? lines : [text];
}

function json(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function textsOf(content: Json | undefined): string[] {
  if (typeof content === 'string') return [content];
  return listOf(content).flatMap((it) => {
    if (it['type'] === 'text') return [plain(it['text'])];
    return it['type'] === 'tool_result' ? textsOf(it['content']) : [];
  });
}

function textOf(system: Json | undefined): string {
  if (typeof system === 'string') return system;
  return listOf(system)
    .map((it) => plain(it['text']))
    .join('\n');
}

function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((it) => isObject(it)) : [];
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
