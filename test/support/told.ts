import { plainMessage, type Button, type Message } from '#src/chat/message.ts';
import type { Db } from '#src/db/schema.ts';

/** What people are told in the chat by themselves, as it was written down to be said. */
export class Told {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Each message to a person, the first one first, as plain text. */
  async to(person: string): Promise<string[]> {
    return (await this.#messages('person', person)).map(plainMessage);
  }

  /** What stands now in place of messages that were answered. */
  async instead(): Promise<string[]> {
    return (await this.#messages('message')).map(plainMessage);
  }

  /** The last message to a person. */
  async last(person: string): Promise<Message> {
    const last = (await this.#messages('person', person)).at(-1);
    if (!last) throw new Error(`${person} was told nothing`);
    return last;
  }

  async button(person: string, label: string): Promise<Button> {
    const { parts } = await this.last(person);
    const all = parts.flatMap((it) => (it.type === 'buttons' ? it.buttons : []));
    const found = all.find((it) => it.label === label);
    if (!found) throw new Error(`no button ${label} among ${all.map((it) => it.label).join(', ')}`);
    return found;
  }

  async #messages(kind: 'person' | 'message', to?: string): Promise<Message[]> {
    const rows = await this.#db
      .selectFrom('outgoing')
      .select(['message', 'toId'])
      .where('toKind', '=', kind)
      .orderBy('createdAt')
      .execute();
    const said: readonly object[] = rows
      .filter(({ toId }) => to === undefined || toId === to)
      .map(({ message }) => message);
    return said as Message[];
  }
}
