import type { World } from '#test/support/slack/world.ts';

import { datesIn } from './dates.ts';
import { withEmoji } from './emoji.ts';
import { unescaped } from './entities.ts';

/** What somebody reads of a piece of text, and what it does. */
export interface Read {
  readonly text: string;
  readonly notified: readonly string[];
  readonly links: readonly string[];
}

export const NOTHING: Read = { text: '', notified: [], links: [] };

export interface How {
  /** Bare addresses become links. */
  readonly links: boolean;
  /** Names of people and rooms without brackets, and `@here` and the like, become live. */
  readonly names: boolean;
  /** Stars, underlines, backticks and the like count; they do unless it is said that they do not. */
  readonly formats?: boolean;
}

export function joined(pieces: readonly Read[], between: string): Read {
  return {
    text: pieces
      .map(({ text }) => text)
      .filter((it) => it !== '')
      .join(between),
    notified: [...new Set(pieces.flatMap(({ notified }) => notified))],
    links: pieces.flatMap(({ links }) => links),
  };
}

/** Slack's `mrkdwn` as its apps show it: what is markup does its work and is not seen. */
export function readMrkdwn(world: World, source: string, how: How): Read {
  const found = { notified: [] as string[], links: [] as string[] };
  // What stands between angle brackets is taken out, so that nothing in it is taken for markup again.
  const taken: string[] = [];
  const put = (shown: string): string => {
    taken.push(shown);
    return String.fromCodePoint(FIRST + taken.length - 1);
  };
  const bare = source.replaceAll(/[\u{F0000}-\u{FFFFD}]/gu, '');
  const withoutTags = bare.replaceAll(/<([^<>\n]*)>/g, (_, inner: string) => put(tag(world, inner, found)));
  const pieces = how.formats === false ? [withoutTags] : withoutTags.split(/(```[^]*?```|`[^`\n]+`)/);
  const text = pieces
    .map((piece, index) => (index % 2 === 1 ? codeIn(piece) : formatted(world, piece, how, found, put)))
    .join('');
  return {
    text: unescaped(text).replaceAll(
      /[\u{F0000}-\u{FFFFD}]/gu,
      (it) => taken[(it.codePointAt(0) ?? 0) - FIRST] ?? '',
    ),
    notified: [...new Set(found.notified)],
    links: found.links,
  };
}

/** Characters for private use stand for what was taken out. */
const FIRST = 0xf0000;

type Found = { readonly notified: string[]; readonly links: string[] };

function tag(world: World, inner: string, found: Found): string {
  const bar = inner.indexOf('|');
  const target = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? '' : withEmoji(unescaped(inner.slice(bar + 1)));
  if (target.startsWith('@')) return mention(world, target.slice(1), found);
  if (target.startsWith('#')) {
    return `#${world.channels.get(target.slice(1))?.name ?? (label || 'private-channel')}`;
  }
  if (target.startsWith('!')) return special(world, target.slice(1), label, found);
  if (/^(?:https?|ftp|mailto|tel|slack):/i.test(target)) {
    const url = unescaped(target);
    found.links.push(url);
    return label || url.replace(/^(?:mailto|tel):/, '');
  }
  // It means nothing to Slack, whose apps do not show the brackets.
  return label || unescaped(target);
}

function mention(world: World, id: string, found: Found): string {
  const user = world.users.get(id);
  if (user) found.notified.push(id);
  return `@${user?.name ?? 'unknown'}`;
}

function special(world: World, target: string, label: string, found: Found): string {
  const [what = '', ...more] = target.split('^');
  if (['here', 'channel', 'everyone', 'group'].includes(what)) {
    found.notified.push('everyone');
    return `@${what}`;
  }
  if (what === 'subteam') {
    const group = world.groups.get(more[0] ?? '');
    if (group) found.notified.push(...group.users);
    return group ? `@${group.handle}` : label;
  }
  const [seconds = '', format = '', url] = more;
  if (what !== 'date' || !/^\d+$/.test(seconds)) return label;
  if (url !== undefined) found.links.push(url);
  return datesIn(format, Number(seconds), world.now());
}

function codeIn(piece: string): string {
  return piece.startsWith('```')
    ? piece.slice(3, -3).replace(/^\n/, '').replace(/\n$/, '')
    : piece.slice(1, -1);
}

function formatted(
  world: World,
  piece: string,
  how: How,
  found: Found,
  put: (shown: string) => string,
): string {
  let text = piece;
  if (how.links) {
    text = text.replaceAll(ADDRESS, (it) => {
      const [, address = it, after = ''] = /^(.*?)([.,;:!?)'"*_~]*)$/su.exec(it) ?? [];
      const url = unescaped(address);
      found.links.push(/^https?:/i.test(url) ? url : url.includes('@') ? `mailto:${url}` : `http://${url}`);
      return put(url) + after;
    });
  }
  if (how.names) {
    text = text.replaceAll(/(?<![\w@])@([\w.-]+)/g, (all, name: string) => named(world, all, name, found));
  }
  if (how.formats === false) return withEmoji(text);
  text = text.replaceAll(/^(?:&gt;|>){1,3} ?/gm, '');
  for (const mark of ['\\*', '_', '~']) text = text.replaceAll(marked(mark), '$1$2');
  return withEmoji(text);
}

const DOMAIN = String.raw`(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|app|ai|co|uk|de|eu|info|me|sh|cloud|xyz)\b`;
/** Addresses with a protocol, of mail, and bare names of the web under a top-level domain that there is. */
const ADDRESS = new RegExp(
  String.raw`\bhttps?:\/\/[^\s<>|\u{F0000}-\u{FFFFD}]+|\b[\w.+-]+@${DOMAIN}|(?<![\w@./-])${DOMAIN}(?:\/[^\s<>|]*)?`,
  'giu',
);

/** Markup counts where words begin and end. */
function marked(mark: string): RegExp {
  return new RegExp(
    String.raw`(^|[^\p{L}\p{N}${mark}])${mark}(?=\S)([^${mark}\n]*[^\s${mark}])${mark}(?![\p{L}\p{N}${mark}])`,
    'gmu',
  );
}

function named(world: World, all: string, name: string, found: Found): string {
  if (['here', 'channel', 'everyone'].includes(name)) found.notified.push('everyone');
  const user = [...world.users.values()].find((it) => it.name === name);
  if (user) found.notified.push(user.id);
  return all;
}
