/** The six reactions that have a word; every other is its code point and a name. */
const WORDS: Readonly<Record<string, string>> = {
  like: '👍',
  heart: '❤️',
  laugh: '😆',
  surprised: '😮',
  sad: '😢',
  angry: '😡',
};

/** The character of a reaction type, such as `like` or `1f440_eyes`; the type itself where it is unknown. */
export function emojiOf(type: string): string {
  const word = WORDS[type];
  if (word !== undefined) return word;
  const codes = /^((?:[0-9a-f]{4,6})(?:-[0-9a-f]{4,6})*)[_-]/.exec(type)?.[1];
  return codes === undefined
    ? type
    : String.fromCodePoint(...codes.split('-').map((it) => Number.parseInt(it, 16)));
}

/** The reaction type that Teams sends for a character. */
export function typeOfEmoji(emoji: string): string {
  const bare = (it: string) => it.replaceAll('\ufe0f', '');
  const word = Object.entries(WORDS).find(([, it]) => bare(it) === bare(emoji))?.[0];
  if (word !== undefined) return word;
  const codes = Array.from(bare(emoji), (it) => (it.codePointAt(0) ?? 0).toString(16).padStart(4, '0'));
  return `${codes.join('-')}_reaction`;
}
