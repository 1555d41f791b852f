import { closedDoor, type About, type Door } from '#src/llm/door.ts';

/** A door behind which a model answers what the test says, by the name of the task; all else rules answer. */
export class AnsweringDoor implements Door {
  readonly isOpen = true;
  readonly answers: Record<string, unknown> = {};
  readonly asked: { readonly task: string; readonly input: unknown; readonly about: About }[] = [];
  readonly #closed = closedDoor();

  readonly ask: Door['ask'] = async (task, input, about) => {
    this.asked.push({ task: task.name, input, about });
    const given = this.answers[task.name];
    if (given === undefined) {
      const why = 'the model did not answer in time';
      return { ...(await this.#closed.ask(task, input, about)), why };
    }
    const value = task.answer(input).parse(given);
    return { value, source: 'model', model: 'claude-test', why: null, call: 'call-1' };
  };

  readonly open: Door['open'] = (inquiry, about) => this.#closed.open(inquiry, about);
}
