import type { OptionBody } from '#test/support/discord/checks/commands.ts';
import type { World } from '#test/support/discord/world.ts';

export const SUBCOMMAND = 1;
export const GROUP = 2;
export const TEXT = 3;
export const USER = 6;
const INTEGER = 4;
const BOOLEAN = 5;
const NUMBER = 10;

/** Who fills options in, and where. */
export interface Filler {
  readonly world: World;
  readonly userId: string;
}

/** Free text takes what is left of a line; what is completed takes a word. */
export function isFree({ type, choices, autocomplete }: OptionBody): boolean {
  return type === TEXT && !choices && !autocomplete;
}

export function isIncident({ name, type, description }: OptionBody): boolean {
  return type === TEXT && (name === 'incident' || name === 'into' || /INC-\d/.test(description));
}

export function isIncidentRef(word: string): boolean {
  return /^(?:INC-\d+|#?\d+)$/i.test(word);
}

/** Whether a person would take this word to be meant for this option. */
export function fits(filler: Filler, of: OptionBody, word: string): boolean {
  if (of.choices) return of.choices.some((it) => isChoice(of, it, word));
  if (of.type === USER) return userOf(filler, word) !== null;
  if (of.type === INTEGER || of.type === NUMBER) return Number.isFinite(Number(word));
  if (of.type === BOOLEAN) return word === 'true' || word === 'false';
  if (of.type !== TEXT) return false;
  return isIncident(of) ? isIncidentRef(word) : true;
}

/** What the option then holds. Throws where Discord's app does not take it. */
export function valueOf(filler: Filler, of: OptionBody, word: string): string | number | boolean {
  const choice = of.choices?.find((it) => isChoice(of, it, word));
  if (of.choices && !choice) throw new Error(`Discord offers no \`${word}\` for ${of.name}`);
  if (choice) return choice.value;
  if (of.type === USER) {
    const id = userOf(filler, word);
    if (id === null) throw new Error(`Discord knows nobody called ${word}`);
    return id;
  }
  if (of.type === BOOLEAN) return word === 'true';
  if (of.type === INTEGER || of.type === NUMBER) {
    const value = Number(word);
    const isWithin = value >= (of.min_value ?? -Infinity) && value <= (of.max_value ?? Infinity);
    if (isWithin) return value;
    throw new Error(`Discord does not take ${word} for ${of.name}`);
  }
  if (word.length >= (of.min_length ?? 0) && word.length <= (of.max_length ?? 6000)) return word;
  throw new Error(`Discord does not take ${word.length} characters for ${of.name}`);
}

/** `P1` or `sev2`: nobody begins a sentence with one by chance. */
export function isSeverityCode({ name }: OptionBody, word: string): boolean {
  return name === 'severity' && /^(?:p[0-4]|sev[1-5])$/i.test(word);
}

/** Which of P0 to P4 people mean by these words. */
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'];

function isChoice(
  of: OptionBody,
  { name, value }: { readonly name: string; readonly value: string | number },
  said: string,
): boolean {
  const word = said.toLowerCase();
  const rank = SEVERITIES.includes(word)
    ? SEVERITIES.indexOf(word)
    : Number(/^sev([1-5])$/.exec(word)?.[1]) - 1;
  const meant = of.name === 'severity' && rank >= 0 ? `p${rank}` : word;
  return [name, String(value), name.split(/\W/)[0]].some((it) => it?.toLowerCase() === meant);
}

/** By `me`, `@name`, name or mention. */
function userOf({ world, userId }: Filler, word: string): string | null {
  if (word === 'me') return userId;
  const id = /^<@!?(\d+)>$/.exec(word)?.[1];
  const name = word.replace(/^@/, '').toLowerCase();
  const user = [...world.users.values()].find(
    (it) => it.id === id || it.username === name || it.name.toLowerCase() === name,
  );
  return user?.id ?? null;
}
