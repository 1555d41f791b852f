import { objectsOf, parsed, type Json } from './json.ts';
import { invalidArguments, Refusal } from './refusal.ts';

/** A call's arguments, as they come in a form: all of them texts. */
export class Args {
  readonly values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.values = values;
  }

  /** Empty where it is missing. */
  text(name: string): string {
    return this.values.get(name) ?? '';
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  flag(name: string, byDefault: boolean): boolean {
    const value = this.values.get(name);
    if (value === undefined) return byDefault;
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    throw invalidArguments(`must be a boolean [json-pointer:/${name}]`);
  }

  whole(name: string, byDefault: number, most: number): number {
    const value = this.values.get(name);
    if (value === undefined) return byDefault;
    const number = Number(value);
    if (!Number.isInteger(number) || number < 1) {
      throw invalidArguments(`must be a whole number [json-pointer:/${name}]`);
    }
    if (number > most) throw new Refusal('invalid_limit');
    return number;
  }

  /** A JSON object in a text; null where it is missing. */
  object(name: string): Json | null {
    const value = this.values.get(name);
    if (value === undefined) return null;
    const json = parsed(value);
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw invalidArguments(`must be a valid JSON object [json-pointer:/${name}]`);
    }
    return json as Json;
  }

  /** A JSON list of objects in a text; null where it is missing. */
  list(name: string, word: string): readonly Json[] | null {
    const value = this.values.get(name);
    if (value === undefined) return null;
    const json = parsed(value);
    const objects = objectsOf(json);
    if (!Array.isArray(json) || objects.length !== json.length) throw new Refusal(word);
    return objects;
  }

  /** Several ids: between commas, or as a JSON list. */
  ids(name: string): readonly string[] {
    const value = this.text(name);
    const json = value.startsWith('[') ? parsed(value) : undefined;
    const all = Array.isArray(json) ? json.map(String) : value.split(',');
    return all.map((it) => it.trim()).filter((it) => it !== '');
  }
}
