import type { Json } from '#test/support/slack/json.ts';
import { nameOf } from '#test/support/slack/reading/emoji.ts';
import { literally } from '#test/support/slack/reading/entities.ts';
import type { World } from '#test/support/slack/world.ts';

interface Piece {
  /** In a message's text. */
  readonly text: string;
  /** In its rich text. */
  readonly element: Json;
}

const PIECES =
  /<@([UW][A-Z0-9]+)>|(https?:\/\/[^\s<>|]*[^\s<>|.,;:!?)'"])|([\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,})|((?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev)\b)|(\p{Extended_Pictographic}\uFE0F?)/giu;

/**
 * What a person typed, as Slack's own app sends it: literally, but for people
 * picked from the list (`<@ID>`), addresses, and emoji, which go by their names.
 */
export function composed(
  world: World,
  typed: string,
): { readonly text: string; readonly blocks: readonly Json[] } {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of typed.matchAll(PIECES)) {
    const piece = pieceOf(world, match);
    if (!piece) continue;
    pieces.push(...plain(typed.slice(end, match.index)), piece);
    end = match.index + match[0].length;
  }
  pieces.push(...plain(typed.slice(end)));
  const section = { type: 'rich_text_section', elements: pieces.map(({ element }) => element) };
  return {
    text: pieces.map(({ text }) => text).join(''),
    blocks: typed === '' ? [] : [{ type: 'rich_text', block_id: 'typed', elements: [section] }],
  };
}

/** The text of a slash command that is set up to be escaped: names of people and addresses are marked, too. */
export function commandText(world: World, typed: string): string {
  const { text } = composed(world, typed);
  return text.replaceAll(
    /<@([UW][A-Z0-9]+)>/g,
    (_, id: string) => `<@${id}|${world.users.get(id)?.name ?? ''}>`,
  );
}

function plain(text: string): readonly Piece[] {
  return text === '' ? [] : [{ text: literally(text), element: { type: 'text', text } }];
}

function pieceOf(world: World, [all, user, url, email, domain, emoji]: RegExpMatchArray): Piece | null {
  if (user !== undefined) {
    return world.users.has(user) ? { text: all, element: { type: 'user', user_id: user } } : null;
  }
  if (url !== undefined) return { text: `<${literally(url)}>`, element: { type: 'link', url } };
  if (email !== undefined) return link(`mailto:${email}`, email);
  if (domain !== undefined) return link(`http://${domain}`, domain);
  const name = nameOf(emoji ?? '');
  return name === null ? null : { text: `:${name}:`, element: { type: 'emoji', name } };
}

function link(url: string, text: string): Piece {
  return { text: `<${url}|${text}>`, element: { type: 'link', url, text } };
}
