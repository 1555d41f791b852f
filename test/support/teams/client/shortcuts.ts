import type { Delivered as How } from '#test/support/fake-platform.ts';

import type { Deliverer } from '../delivering/deliverer.ts';
import { fieldsOf, listOf, textOf, type Fields } from '../json.ts';
import type { Stage } from '../stage.ts';
import type { Posted, TeamsPerson } from '../world.ts';
import { takeTaskAnswer } from './invokes.ts';
import { readActivity } from './reading.ts';

/** The message extension: entries in the menu of a message. */
export class Shortcuts {
  readonly #stage: Stage;
  readonly #deliverer: Deliverer;
  readonly #manifest: Fields | null;

  constructor(stage: Stage, deliverer: Deliverer, manifest: Fields | null) {
    this.#stage = stage;
    this.#deliverer = deliverer;
    this.#manifest = manifest;
  }

  async picks(who: TeamsPerson, posted: Posted, label: string, how: How): Promise<void> {
    const { inbound, world } = this.#stage;
    const { id, fetches } = this.#command(label);
    const value = {
      commandId: id,
      commandContext: 'message',
      requestId: world.nextId(),
      context: { theme: 'default' },
      messagePayload: this.#payload(posted),
    };
    const conversation = world.conversationOf(posted);
    const name = fetches ? 'composeExtension/fetchTask' : 'composeExtension/submitAction';
    const sent = fetches ? value : { ...value, data: {} };
    await this.#deliverer.send(
      () => inbound.invoke(name, who, conversation, sent, posted.id),
      how,
      async (answer) => {
        takeTaskAnswer(this.#stage, { who, conversation, posted, extension: value, label }, answer);
      },
    );
  }

  /** As the manifest has it; without one the id is the label in lower case with hyphens. */
  #command(label: string): { readonly id: string; readonly fetches: boolean } {
    const manifest = this.#manifest;
    if (!manifest) return { id: label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'), fetches: true };
    const commands = listOf(manifest['composeExtensions']).flatMap((it) =>
      listOf(fieldsOf(it)['commands']).map(fieldsOf),
    );
    const found = commands.find((it) => it['title'] === label && listOf(it['context']).includes('message'));
    if (!found) throw new Error(`the app has no entry ${label} in the menu of messages`);
    return { id: textOf(found['id']), fetches: found['fetchTask'] === true };
  }

  #payload(posted: Posted): Fields {
    const { world } = this.#stage;
    const who = posted.author === 'bot' ? null : world.person(posted.author);
    const bot = {
      user: null,
      application: { applicationIdentityType: 'bot', id: world.bot.id.slice(3), displayName: world.bot.name },
    };
    const user = {
      application: null,
      user: { userIdentityType: 'aadUser', id: posted.author, displayName: who?.name ?? '' },
    };
    const at = posted.at.toISOString();
    const words =
      textOf(posted.activity['text']) || (posted.author === 'bot' ? readActivity(posted.activity).text : '');
    return {
      id: posted.id,
      replyToId: posted.root === posted.id ? null : posted.root,
      createdDateTime: at,
      lastModifiedDateTime: at,
      deleted: false,
      subject: null,
      importance: 'normal',
      locale: 'en-us',
      linkToMessage: `https://teams.microsoft.com/l/message/${encodeURIComponent(posted.conversation)}/${posted.id}`,
      from: { device: null, conversation: null, ...(posted.author === 'bot' ? bot : user) },
      body: { contentType: 'html', content: `<div>${html(words)}</div>` },
      attachments: [],
      mentions: [],
      reactions: [],
    };
  }
}

function html(text: string): string {
  return text
    .replaceAll(/<at>(.*?)<\/at>/g, '$1')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\n', '<br>');
}
