import { Questions } from '#adapters/discord/questions.ts';
import { render as drawDiscord } from '#adapters/discord/render.ts';
import { render as drawSlack } from '#adapters/slack/render.ts';
import { render as drawTeams } from '#adapters/teams/render.ts';
import { spoken } from '#adapters/web/render.ts';
import type { Message } from '#src/chat/message.ts';
import { Presses } from '#src/chat/presses.ts';
import type { Json } from '#src/chat/store.ts';

/** A message in which these words stand in every kind of text that there is. */
export function messageOf(words: readonly string[]): Message {
  const text = words.join('\n');
  return {
    parts: [
      { type: 'heading', text: words[0] ?? '' },
      { type: 'text', text },
      { type: 'fields', fields: words.slice(0, 5).map((value) => ({ label: 'Cause', value })) },
      { type: 'list', items: words.slice(0, 10) },
      { type: 'context', text: words.at(-1) ?? '' },
      { type: 'code', text },
    ],
    summary: text,
    tone: 'info',
  };
}

/** What of a message is alive on any of the platforms: it would notify somebody, lead somewhere, run something or load a picture. */
export async function aliveIn(message: Message): Promise<readonly string[]> {
  const { presses, store } = memory();
  const slack = await drawSlack(message, presses);
  const discord = await drawDiscord(message, { presses, questions: new Questions(store) });
  const teams = await drawTeams(message, { presses, commands: () => [] });
  const { components, ...mentions } = discord;
  return [
    ...aliveAs('Slack', objectsIn(slack.blocks), SLACK),
    ...marked('Slack', textsOf(objectsIn(slack.blocks), ['mrkdwn', 'plain_text']), SLACK_MARKS),
    ...marked('Slack', [slack.text], SLACK_MARKS),
    ...aliveAs('Discord', objectsIn(components), DISCORD),
    ...marked('Discord', contentsOf(objectsIn(components)), DISCORD_MARKS),
    ...(mentions.allowed_mentions.parse?.length || mentions.allowed_mentions.users?.length
      ? ['Discord: it may notify somebody']
      : []),
    ...aliveAs('Teams', objectsIn(teams.attachments), TEAMS),
    ...aliveAs('the page', objectsIn(spoken(message).body), WEB),
  ];
}

type Thing = Readonly<Record<string, unknown>>;

/** Elements that do something; other text of these platforms is words. */
const SLACK = /^(?:user|usergroup|broadcast|channel|link|image|actions|button|emoji|team|color)$/;
const SLACK_MARKS = /<(?:[!@#]|https?:|mailto:)/;
/** Buttons, selects, galleries, files, thumbnails. */
const DISCORD = /^(?:1|2|3|5|6|7|8|9|11|12|13)$/;
const DISCORD_MARKS = /(?<!\\)(?:\\\\)*(?:<[@#/:]|@(?:everyone|here)|\]\(|https?:\/\/)/;
const TEAMS = /^(?:TextBlock|Image|ImageSet|Media|ActionSet|Action\..*|mention|Input\..*)$/;
const WEB = /^(?:person|link|buttons|select)$/;

function aliveAs(where: string, things: readonly Thing[], alive: RegExp): string[] {
  const found = things.filter((it) => alive.test(String(it['type'])) || 'selectAction' in it);
  return found.map((it) => `${where}: ${JSON.stringify(it).slice(0, 200)}`);
}

function marked(where: string, texts: readonly string[], marks: RegExp): string[] {
  return texts.filter((it) => marks.test(it)).map((it) => `${where}: ${it.slice(0, 200)}`);
}

function textsOf(things: readonly Thing[], types: readonly string[]): string[] {
  return things.filter((it) => types.includes(String(it['type']))).map((it) => String(it['text']));
}

/** In a block of code nothing is markup. */
function contentsOf(things: readonly Thing[]): string[] {
  return things.flatMap((it) =>
    typeof it['content'] === 'string' ? [it['content'].replaceAll(/```[^]*?```/g, '')] : [],
  );
}

function objectsIn(value: unknown): Thing[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  return [value as Thing, ...Object.values(value).flatMap(objectsIn)];
}

function memory() {
  const kept = new Map<string, Json>();
  const store = {
    find: async <T extends Json>(key: string) => (kept.get(key) ?? null) as T | null,
    keep: async (key: string, value: Json) => void kept.set(key, value),
  };
  return { store, presses: new Presses(store) };
}
