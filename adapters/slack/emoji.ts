/**
 * Slack names emoji where others send the character. These are the ones people use
 * on incidents; all others are passed on by their name, `:name:`, as are those a
 * workspace has made for itself.
 */
const NAMES = `
  +1 👍 -1 👎 100 💯 alarm_clock ⏰ ambulance 🚑 anger 💢 angry 😠 arrow_down ⬇️ arrow_forward ▶️ arrow_left ⬅️
  arrow_right ➡️ arrow_up ⬆️ arrows_counterclockwise 🔄 astonished 😲 back 🔙 bangbang ‼️ bar_chart 📊 battery 🔋
  bee 🐝 beer 🍺 beers 🍻 bell 🔔 black_circle ⚫ blue_heart 💙 blush 😊 bomb 💣 book 📖 bookmark 🔖 books 📚 boom 💥
  bowing 🙇 brain 🧠 broken_heart 💔 bug 🐛 bulb 💡 dart 🎯 calendar 📆 calling 📲 camera 📷 cat 🐱
  chart_with_downwards_trend 📉 chart_with_upwards_trend 📈 clap 👏 clapper 🎬 clipboard 📋 cloud ☁️ coffee ☕
  cold_sweat 😰 computer 💻 confetti_ball 🎊 confused 😕 construction 🚧 cop 👮 credit_card 💳 crossed_fingers 🤞
  crown 👑 cry 😢 crystal_ball 🔮 dancer 💃 date 📅 disappointed 😞 dog 🐶 dollar 💵 door 🚪 droplet 💧 earth_africa 🌍
  earth_americas 🌎 earth_asia 🌏 email 📧 exclamation ❗ exploding_head 🤯 expressionless 😑 eyeglasses 👓 eyes 👀
  face_palm 🤦 face_with_monocle 🧐 facepunch 👊 fearful 😨 fire 🔥 fire_engine 🚒 fist ✊
  flashlight 🔦 floppy_disk 💾 flushed 😳 gear ⚙️ gem 💎 ghost 👻 gift 🎁 globe_with_meridians 🌐 green_heart 💚
  grey_exclamation ❕ grey_question ❔ grimacing 😬 grin 😁 grinning 😀 hammer 🔨 hammer_and_wrench 🛠️ handshake 🤝
  headphones 🎧 heart ❤️ heart_eyes 😍 heavy_check_mark ✔️ heavy_minus_sign ➖ heavy_multiplication_x ✖️
  heavy_plus_sign ➕ helmet_with_white_cross ⛑️ hourglass ⌛ hourglass_flowing_sand ⏳ hugging_face 🤗
  inbox_tray 📥 information_source ℹ️ innocent 😇 interrobang ⁉️ joy 😂 key 🔑 label 🏷️ large_blue_circle 🔵
  large_green_circle 🟢 large_orange_circle 🟠 large_purple_circle 🟣 large_yellow_circle 🟡 laughing 😆 ledger 📒
  link 🔗 lock 🔒 loudspeaker 📢 mag 🔍 mag_right 🔎 mailbox 📫 mega 📣 memo 📝 pencil 📝 mending_heart ❤️‍🩹
  moneybag 💰 monkey_face 🐵 moon 🌔 muscle 💪 mute 🔇 negative_squared_cross_mark ❎ nerd_face 🤓 neutral_face 😐
  new 🆕 new_moon 🌑 no_bell 🔕 no_entry ⛔ no_entry_sign 🚫 no_good 🙅 nut_and_bolt 🔩 o ⭕ octagonal_sign 🛑
  office 🏢 ok 🆗 ok_hand 👌 open_hands 👐 open_mouth 😮 orange_heart 🧡 outbox_tray 📤 package 📦 page_facing_up 📄
  pager 📟 paperclip 📎 partying_face 🥳 pensive 😔 phone ☎️ telephone ☎️ telephone_receiver 📞 pizza 🍕
  point_down 👇 point_left 👈 point_right 👉 point_up ☝️ point_up_2 👆 police_car 🚓 poop 💩 hankey 💩 pray 🙏
  purple_heart 💜 pushpin 📌 question ❓ rage 😡 rainbow 🌈 raised_hand ✋ hand ✋ raised_hands 🙌 raising_hand 🙋
  recycle ♻️ red_circle 🔴 relaxed ☺️ relieved 😌 repeat 🔁 rewind ⏪ fast_forward ⏩ robot_face 🤖 rocket 🚀
  rolling_on_the_floor_laughing 🤣 rotating_light 🚨 round_pushpin 📍 runner 🏃 running 🏃 saluting_face 🫡
  satellite_antenna 📡 scream 😱 scroll 📜 see_no_evil 🙈 seedling 🌱 shield 🛡️ ship 🚢 shrug 🤷 signal_strength 📶
  simple_smile 🙂 slightly_smiling_face 🙂 skull 💀 sleeping 😴 sleepy 😪 slightly_frowning_face 🙁 smile 😄
  smiley 😃 smiling_face_with_tear 🥲 smirk 😏 snail 🐌 snowflake ❄️ sob 😭 sos 🆘 sparkles ✨
  speaking_head_in_silhouette 🗣️ speech_balloon 💬 spiral_calendar_pad 🗓️ spiral_note_pad 🗒️ star ⭐ star2 🌟
  steam_locomotive 🚂 stethoscope 🩺 black_square_for_stop ⏹️ stopwatch ⏱️ sunglasses 😎 sunny ☀️ sweat 😓 sweat_drops 💦
  sweat_smile 😅 tada 🎉 test_tube 🧪 thermometer 🌡️ thinking_face 🤔 thread 🧵 thumbsup 👍 thumbsdown 👎
  thought_balloon 💭 ticket 🎫 timer_clock ⏲️ toolbox 🧰 tornado 🌪️ traffic_light 🚥 triangular_flag_on_post 🚩
  triumph 😤 trophy 🏆 turtle 🐢 umbrella ☔ unicorn_face 🦄 unlock 🔓 upside_down_face 🙃 v ✌️
  vertical_traffic_light 🚦 warning ⚠️ wastebasket 🗑️ watch ⌚ wave 👋 weary 😩 white_check_mark ✅ white_circle ⚪
  white_flag 🏳️ wink 😉 worried 😟 wrench 🔧 x ❌ yellow_heart 💛 yum 😋 zany_face 🤪 zap ⚡ zipper_mouth_face 🤐
  zzz 💤
`;

const BY_NAME = new Map<string, string>();
const BY_CHARACTER = new Map<string, string>();
const pieces = NAMES.trim().split(/\s+/);
for (let index = 0; index + 1 < pieces.length; index += 2) {
  const name = pieces[index] ?? '';
  const character = pieces[index + 1] ?? '';
  BY_NAME.set(name, character);
  // Of two names for the same, the first is the one we say.
  if (!BY_CHARACTER.has(bare(character))) BY_CHARACTER.set(bare(character), name);
}

/** The tones of skin, from `skin-tone-2` on. */
const TONES = ['🏻', '🏼', '🏽', '🏾', '🏿'] as const;

/** The character of a name, as in `thumbsup` or `wave::skin-tone-4`; null for one we do not know. */
export function emojiOf(name: string): string | null {
  const [base = '', tone] = name.split('::skin-tone-');
  const character = BY_NAME.get(base);
  if (character === undefined) return null;
  return tone === undefined ? character : `${bare(character)}${TONES[Number(tone) - 2] ?? ''}`;
}

interface Piece {
  readonly type?: string;
  readonly name?: string;
  /** Its characters as hexadecimal numbers, between hyphens. */
  readonly unicode?: string;
  readonly elements?: readonly Piece[];
}

/** The emoji in what somebody wrote, as Slack took it apart: their characters by name. */
export function emojiIn(blocks: unknown, found = new Map<string, string>()): Map<string, string> {
  for (const { type, name, unicode, elements } of Array.isArray(blocks) ? (blocks as readonly Piece[]) : []) {
    if (type === 'emoji' && name !== undefined) {
      const codes = unicode?.split('-').map((it) => Number.parseInt(it, 16)) ?? [];
      const isKnown = codes.length > 0 && codes.every((it) => it <= 0x10_ff_ff);
      const character = isKnown ? String.fromCodePoint(...codes) : emojiOf(name);
      if (character !== null) found.set(name, character);
    }
    emojiIn(elements, found);
  }
  return found;
}

/** Slack's name of a character, or of what is written `:name:`; null when we know none. */
export function emojiName(emoji: string): string | null {
  const named = /^:([^\s:]{1,100}(?:::skin-tone-[2-6])?):$/.exec(emoji);
  if (named) return named[1] ?? null;
  const tone = TONES.findIndex((it) => emoji.endsWith(it));
  const base = bare(tone < 0 ? emoji : emoji.slice(0, -2));
  const name = BY_CHARACTER.get(base);
  if (name === undefined) return null;
  return tone < 0 ? name : `${name}::skin-tone-${tone + 2}`;
}

/** Without the mark that asks for colour, which some devices send and others do not. */
function bare(character: string): string {
  return character.replaceAll('\uFE0F', '');
}
