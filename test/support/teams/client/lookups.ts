import type { Deliverer } from '../delivering/deliverer.ts';
import { fieldsOf, listOf, textOf, type Fields } from '../json.ts';
import type { Stage } from '../stage.ts';
import type { TeamsPerson } from '../world.ts';
import { inputsOf } from './cards.ts';
import type { OpenForm } from './forms.ts';

/** Menus whose choices are looked up while somebody types: among people by the app, all others by the bot. */
export class Lookups {
  readonly #stage: Stage;
  readonly #deliverer: Deliverer;

  constructor(stage: Stage, deliverer: Deliverer) {
    this.#stage = stage;
    this.#deliverer = deliverer;
  }

  /** The answers with what was typed replaced by the value of the choice that was found for it. */
  async resolve(
    who: TeamsPerson,
    open: OpenForm,
    answers: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>> {
    const found: Record<string, string> = { ...answers };
    for (const input of inputsOf(open.card)) {
      const name = textOf(input['id']);
      const typed = answers[name];
      const dataset = textOf(fieldsOf(input['choices.data'])['dataset']);
      const isListed = listOf(input['choices']).some(
        (it) => fieldsOf(it)['title'] === typed || fieldsOf(it)['value'] === typed,
      );
      if (typed === undefined || typed === '' || dataset === '' || isListed) continue;
      const choices = dataset.startsWith('graph.microsoft.com/users')
        ? this.#people(typed)
        : await this.#asked(who, open, dataset, typed);
      const choice = choices.find((it) => it['title'] === typed || it['value'] === typed) ?? choices[0];
      if (!choice) throw new Error(`nothing is found for ${typed} in ${name}`);
      found[name] = textOf(choice['value']);
    }
    return found;
  }

  #people(typed: string): readonly Fields[] {
    const wanted = typed.toLowerCase();
    return this.#stage.world.people
      .filter(
        (it) => !it.left && [it.id, it.name.toLowerCase(), it.email].some((known) => known.includes(wanted)),
      )
      .map((it) => ({ title: it.name, value: it.id }));
  }

  async #asked(who: TeamsPerson, open: OpenForm, dataset: string, typed: string): Promise<readonly Fields[]> {
    const { inbound, world, refused } = this.#stage;
    const conversation =
      open.kind === 'dialog' ? open.dialog.conversation : world.conversationOf(open.posted);
    const value = { queryText: typed, queryOptions: { skip: 0, top: 15 }, dataset, kind: 'search' };
    let found: readonly Fields[] = [];
    await this.#deliverer.send(
      () => inbound.invoke('application/search', who, conversation, value),
      {},
      async (answer) => {
        const { type, value: results } = fieldsOf(answer.body);
        if (answer.status !== 200 || type !== 'application/vnd.microsoft.search.searchResponse') {
          refused.push(`the answer to a search: ${JSON.stringify(answer)}`);
        }
        found = listOf(fieldsOf(results)['results']).map(fieldsOf);
      },
    );
    return found;
  }
}
