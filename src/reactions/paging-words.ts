import { namesIn } from '#src/chat/card-view.ts';
import { person, withTone, say, type Inline, type Message, type Text } from '#src/chat/message.ts';
import { nameIn, type Names } from '#src/chat/names.ts';
import type { Reader } from '#src/db/schema.ts';
import type { LoggedEvent } from '#src/incident/events.ts';
import { shortName } from '#src/incident/incident.ts';
import { describe } from '#src/incident/timeline.ts';

type Paging = LoggedEvent<'incident.paged' | 'incident.page_failed' | 'incident.escalation_noted'>;

/** The most people who are mentioned at once. */
const MENTIONS = 10;

/** What a room is told of who is being called to it: quietly while all goes well, loudly where nobody may come. */
export async function pagingWords(event: Paging, r: Reader): Promise<Message> {
  const names = await namesIn(r);
  const text: Text = [describe(event, (id) => nameIn(names, id))];
  if (event.type !== 'incident.paged') return withTone(say(text), isLoud(event) ? 'alarm' : 'quiet');
  const isByHand = event.data.policy === null;
  const words = isByHand ? asked(event, names) : text;
  const unreachable = event.data.pages.flatMap((it) => it.unreachable ?? []);
  if (unreachable.length === 0) return withTone(say(words), isByHand ? 'info' : 'quiet');
  return withTone(say([...words, ' ', unreachable.join(' ')]), 'alarm');
}

/** Somebody asks for people: they are mentioned, in every room that the incident has. */
function asked({ by, incident, data }: LoggedEvent<'incident.paged'>, names: Names): Inline[] {
  const people = data.pages.map(({ to }) => to.id);
  const mentions = people
    .slice(0, MENTIONS)
    .flatMap((id, index): Inline[] => [index === 0 ? '' : ' ', person(id, nameIn(names, id))]);
  const more = people.length > MENTIONS ? ` and ${people.length - MENTIONS} more` : '';
  const why = data.why === null ? '' : `: ${data.why}`;
  const text: Inline[] = [
    ...mentions,
    `${more}: ${by.name} asks you to come to ${shortName(incident)}${why}.`,
  ];
  return text.filter((it) => it !== '');
}

function isLoud(event: Exclude<Paging, LoggedEvent<'incident.paged'>>): boolean {
  return event.type === 'incident.page_failed' || event.data.isLoud;
}
