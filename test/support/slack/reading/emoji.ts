/** Some of the names that Slack has for emoji: those people use on incidents, and those that tests use. */
const NAMES: Readonly<Record<string, string>> = {
  '+1': '👍',
  '-1': '👎',
  '100': '💯',
  alarm_clock: '⏰',
  ambulance: '🚑',
  bangbang: '‼️',
  bell: '🔔',
  boom: '💥',
  bug: '🐛',
  bulb: '💡',
  clock1: '🕐',
  construction: '🚧',
  dart: '🎯',
  exclamation: '❗',
  eyes: '👀',
  fire: '🔥',
  fire_engine: '🚒',
  gear: '⚙️',
  green_heart: '💚',
  hammer_and_wrench: '🛠️',
  heart: '❤️',
  heavy_check_mark: '✔️',
  hourglass: '⌛',
  hourglass_flowing_sand: '⏳',
  information_source: 'ℹ️',
  joy: '😂',
  key: '🔑',
  large_green_circle: '🟢',
  large_orange_circle: '🟠',
  large_yellow_circle: '🟡',
  link: '🔗',
  lock: '🔒',
  loudspeaker: '📢',
  mag: '🔍',
  mega: '📣',
  memo: '📝',
  no_bell: '🔕',
  no_entry: '⛔',
  no_entry_sign: '🚫',
  ok_hand: '👌',
  package: '📦',
  pager: '📟',
  paperclip: '📎',
  point_right: '👉',
  pray: '🙏',
  pushpin: '📌',
  question: '❓',
  raised_hand: '✋',
  raised_hands: '🙌',
  red_circle: '🔴',
  repeat: '🔁',
  robot_face: '🤖',
  rocket: '🚀',
  rotating_light: '🚨',
  shrug: '🤷',
  skull: '💀',
  slightly_smiling_face: '🙂',
  smile: '😄',
  sos: '🆘',
  sparkles: '✨',
  speech_balloon: '💬',
  star: '⭐',
  stopwatch: '⏱️',
  tada: '🎉',
  thinking_face: '🤔',
  ticket: '🎫',
  warning: '⚠️',
  wave: '👋',
  white_check_mark: '✅',
  white_circle: '⚪',
  wrench: '🔧',
  x: '❌',
  zap: '⚡',
};

const ALIASES: Readonly<Record<string, string>> = {
  thumbsup: '+1',
  thumbsdown: '-1',
  pencil: 'memo',
  heavy_exclamation_mark: 'exclamation',
  hand: 'raised_hand',
};

const SKIN_TONES = ['', '', '🏻', '🏼', '🏽', '🏾', '🏿'];
/** `:name:`, also with a colour of skin after it. */
const SHORTCODE = /:([a-z0-9_+'-]+)(?:::skin-tone-([2-6]))?:/g;

export function isEmojiName(name: string): boolean {
  return characterOf(name) !== null;
}

/** The character that Slack shows for a name; null for one that it does not know. */
export function characterOf(name: string): string | null {
  const [base = '', tone] = name.split('::skin-tone-');
  const known = NAMES[ALIASES[base] ?? base];
  return known === undefined ? null : known + (SKIN_TONES[Number(tone ?? 0)] ?? '');
}

export function nameOf(character: string): string | null {
  const plain = character.replaceAll('\uFE0F', '');
  return Object.entries(NAMES).find(([, it]) => it.replaceAll('\uFE0F', '') === plain)?.[0] ?? null;
}

/** Names become characters wherever Slack looks for them. */
export function withEmoji(text: string): string {
  return text.replaceAll(SHORTCODE, (all, name: string, tone?: string) => {
    return characterOf(tone === undefined ? name : `${name}::skin-tone-${tone}`) ?? all;
  });
}
