import { test as base, type Place } from './database.ts';
import { Everywhere, type Options } from './rooms-everywhere.ts';

/**
 * Starting everything takes longer than most of what is looked at afterwards: so tests
 * share a `program`, and each has an incident of its own in it.
 */
export const test = base.extend('program', { scope: 'file' }, async ({ databases }, { onCleanup }) => {
  const programs = new Programs(() => databases.place('migrated'));
  onCleanup(() => programs.stop());
  return async (name: string, options: Options) => await programs.named(name, options);
});

type Make = () => Promise<{ readonly place: Place; readonly drop: () => Promise<void> }>;

/** Programs that the tests of a file share: who says the same name has the same one. */
class Programs {
  readonly #make: Make;
  readonly #running = new Map<string, Promise<Everywhere>>();
  readonly #ends: (() => Promise<void>)[] = [];

  constructor(make: Make) {
    this.#make = make;
  }

  /** The first who asks for it says what it is like. */
  async named(name: string, options: Options): Promise<Everywhere> {
    const running = this.#running.get(name) ?? this.#start(options);
    this.#running.set(name, running);
    return await running;
  }

  async #start(options: Options): Promise<Everywhere> {
    const { place, drop } = await this.#make();
    const ends = [drop];
    this.#ends.push(async () => {
      for (const end of ends.toReversed()) await end();
    });
    return await Everywhere.on(place, options, (end) => void ends.push(end));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#ends.map((end) => end()));
  }
}
