import { say } from '#src/chat/message.ts';
import type { ChoicesWanted, Inbox, Invocation, Outcome, Ref, Said, Suggestion } from '#src/chat/platform.ts';

/** An engine's ear that keeps what it hears and says what the test wants; a repeat it answers as before, as the real one does. */
export class ListeningInbox implements Inbox {
  readonly invocations: Invocation[] = [];
  /** Every delivery, those that are there twice included, as the real one is told of them. */
  readonly words: Said[] = [];
  readonly suggested: { readonly typed: string; readonly person: Ref; readonly room: Ref | null }[] = [];
  readonly chosen: ChoicesWanted[] = [];
  /** How many wishes are being thought about. */
  running = 0;
  outcome: (invocation: Invocation) => Promise<Outcome> = async () => ({
    type: 'reply',
    message: say('Done.'),
    visible: 'private',
  });
  saying: (said: Said) => Promise<void> = async () => {};
  /** What it offers for any line that is begun. */
  suggestions: readonly Suggestion[] = [{ line: 'resolve', help: 'Resolve it' }];
  /** What it offers for any argument. */
  choice = { label: 'INC-77 the queue is full', value: 'INC-77' };
  readonly #answers = new Map<string, Promise<Outcome>>();

  async invoked(invocation: Invocation): Promise<Outcome> {
    const before = this.#answers.get(invocation.id);
    if (before) return await before;
    this.invocations.push(invocation);
    this.running += 1;
    const answer = this.outcome(invocation).finally(() => (this.running -= 1));
    this.#answers.set(invocation.id, answer);
    return await answer;
  }

  async said(said: Said): Promise<void> {
    await this.saying(said);
    this.words.push(said);
  }

  async suggest(typed: string, person: Ref, room: Ref | null) {
    this.suggested.push({ typed, person, room });
    return this.suggestions;
  }

  async choices(wanted: ChoicesWanted) {
    this.chosen.push(wanted);
    return [this.choice];
  }
}
