import { fieldsOf, isFields, listOf, textOf, type Fields } from '../json.ts';
import { Refusal } from '../service/refusal.ts';
import type { Call } from '../service/server.ts';
import type { TeamsPerson, World } from '../world.ts';

/** What a body may say: a name and what its value must be like. */
export type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';
export const oneOf =
  (...words: readonly string[]) =>
  (value: unknown): boolean =>
    words.includes(textOf(value));

/** @throws Refusal for a body that is no object, lacks what is needed or says what Graph does not know */
export function bodyOf(call: Call, shape: Shape, needed: readonly string[] = []): Fields {
  if (!isFields(call.body)) throw new Refusal(400, 'BadRequest', 'Unable to read JSON request payload.');
  for (const [name, value] of Object.entries(call.body)) {
    const fits = shape[name];
    if (!fits) throw new Refusal(400, 'BadRequest', `Invalid property '${name}'.`);
    if (!fits(value)) throw new Refusal(400, 'BadRequest', `Invalid value of '${name}'.`);
  }
  for (const name of needed) {
    if (call.body[name] === undefined) {
      throw new Refusal(400, 'BadRequest', `Required property '${name}' is missing.`);
    }
  }
  return call.body;
}

/** A member as Graph writes one: `user@odata.bind` is the address of the person. */
export function boundMember(
  world: World,
  value: unknown,
): { readonly who: TeamsPerson; readonly role: 'owner' | 'member' } {
  const member = fieldsOf(value);
  if (member['@odata.type'] !== '#microsoft.graph.aadUserConversationMember') {
    throw new Refusal(400, 'BadRequest', "Invalid '@odata.type' of a member.");
  }
  const bound = /\/users(?:\('([^']+)'\)|\/([^/]+))$/.exec(textOf(member['user@odata.bind']));
  const who = world.person(bound?.[1] ?? bound?.[2] ?? '');
  if (!who) throw new Refusal(404, 'NotFound', 'The user of a member was not found.');
  const roles = listOf(member['roles']);
  if (roles.some((it) => it !== 'owner' && it !== 'guest')) {
    throw new Refusal(400, 'BadRequest', 'Invalid role.');
  }
  return { who, role: roles.includes('owner') ? 'owner' : 'member' };
}

export function shownMember({ id, name, email }: TeamsPerson, roles: readonly string[]): Fields {
  return {
    '@odata.type': '#microsoft.graph.aadUserConversationMember',
    id: Buffer.from(`member:${id}`).toString('base64'),
    roles,
    displayName: name,
    userId: id,
    email,
  };
}

/** @throws Refusal for a name that a channel cannot have: Microsoft's "Limits and specifications for Teams" */
export function checkChannelName(name: string): void {
  if (name.trim() === '' || name.length > 50) {
    throw new Refusal(400, 'BadRequest', 'A channel name has 1 to 50 characters.');
  }
  const wrong = /[#%&*{}/\\:<>?+|'"~]/.exec(name)?.[0];
  if (wrong !== undefined) {
    throw new Refusal(400, 'BadRequest', `Channel name contains the invalid character ${wrong}.`);
  }
  if (/^[_.]|\.$|\.\./.test(name)) {
    throw new Refusal(400, 'BadRequest', 'Channel name begins or ends with a dot or underscore.');
  }
  if (name.toLowerCase() === 'general') throw new Refusal(400, 'BadRequest', 'Channel name is reserved.');
}

export function checkDescription(text: string): void {
  if (text.length > 1024) throw new Refusal(400, 'BadRequest', 'A description has at most 1024 characters.');
}

/** `$filter=displayName eq 'x'`, as far as Graph's list of channels knows it. */
export function filterOf(call: Call): (it: Fields) => boolean {
  const filter = call.query.get('$filter');
  if (filter === null) return () => true;
  const [, name, value] = /^(displayName|membershipType) eq '((?:[^']|'')*)'$/.exec(filter) ?? [];
  if (name === undefined || value === undefined) {
    throw new Refusal(400, 'BadRequest', `Invalid filter clause: ${filter}`);
  }
  return (it) => textOf(it[name]).toLowerCase() === value.replaceAll("''", "'").toLowerCase();
}
