import { sql, type PostgresPool } from 'kysely';

import { latestPageTo } from '#src/db/page-answers.ts';
import type { Db } from '#src/db/schema.ts';
import { act, reach } from '#src/engine/act.ts';
import { answerPage } from '#src/engine/answers.ts';
import { changeSeverity, note } from '#src/engine/change.ts';
import type { Context } from '#src/engine/context.ts';
import { declare } from '#src/engine/declare.ts';
import { snoozeEscalation } from '#src/engine/snooze.ts';
import { UserError } from '#src/errors.ts';
import type { PersonId } from '#src/incident/person.ts';

import { setUp } from './cast.ts';
import { Faults } from './faults.ts';
import { start, type Living } from './program.ts';
import { Random } from './random.ts';
import type { Deed, Run, Script } from './script.ts';
import { Time } from './time.ts';
import { Wire } from './wire.ts';

const START = new Date('2026-03-01T08:00:00Z');
/** Long enough for every policy of a script to come to its end. */
const HORIZON_MS = 4 * 3_600_000;
/** Whoever could not do something does it again after so long. */
const AGAIN_MS = 2000;
/** A play has some thousands of steps; one with more does not end. */
const MOST_STEPS = 100_000;
/** The program looks every three seconds for what it was not told of; here that is done only after a fault, since nobody else writes to this database. */
const LOOK_MS = 3000;

export interface Stage {
  readonly pool: PostgresPool;
  readonly alone: boolean;
  /** For whoever watches. */
  readonly db: Db;
  readonly empty: () => Promise<void>;
}

/** What came of a play, for `check.ts`; the rest is in the database. */
export interface Played {
  readonly faults: Faults;
  readonly wire: Wire;
  readonly end: number;
  /** The incident of each run, by the run's number. */
  readonly incidents: ReadonlyMap<number, number>;
  /** Until when a snooze that was asked for at a time was to last, as `<incident> <at>`. */
  readonly snoozes: ReadonlyMap<string, number>;
  /** What the program said that it never should. */
  readonly complaints: readonly string[];
}

/** Plays a script on an empty database, from the first incident until nothing happens any more. */
export async function play(stage: Stage, script: Script, seed: number): Promise<Played> {
  await stage.empty();
  await setUp(
    stage.db,
    script.runs.flatMap((it) => it.policies),
  );
  return await new Play(stage, script, seed).run();
}

class Play {
  readonly #stage: Stage;
  readonly #script: Script;
  readonly #random: Random;
  readonly #time = new Time(START);
  readonly #faults: Faults;
  readonly #wire: Wire;
  readonly #incidents = new Map<number, number>();
  readonly #snoozes = new Map<string, number>();
  readonly #complaints: string[] = [];
  #living: Living | null = null;
  #waiting: (() => void)[] = [];

  constructor(stage: Stage, script: Script, seed: number) {
    this.#stage = stage;
    this.#script = script;
    this.#random = new Random(seed, script.runs[0]?.number ?? 0, 2);
    this.#faults = new Faults(this.#time, this.#random, script.faults);
    const byNumber = new Map(script.runs.map((it) => [it.number, it]));
    const since = (ms: number) => ms - START.getTime();
    this.#wire = new Wire(this.#time, {
      answers: (run) => byNumber.get(run)?.answers ?? {},
      isDown: (channel) =>
        script.outages.some(
          (it) =>
            it.channel === channel && it.from <= since(this.#time.ms) && since(this.#time.ms) < it.until,
        ),
    });
  }

  async run(): Promise<Played> {
    const { runs, faults } = this.#script;
    this.#faults.onStuck = (life) => {
      this.#endless();
      this.#living = null;
      life.die();
    };
    this.#faults.onKill = (downMs) => {
      this.#living = null;
      this.#in(downMs, () => void this.#live());
    };
    this.#faults.onDrop = (until) => {
      const look = () => this.#living?.look();
      this.#in(until - this.#time.ms + LOOK_MS, look);
    };
    for (const it of faults) if (it.kind === 'jump') this.#in(it.at, () => this.#jump(it.ms));
    for (const it of runs) this.#in(it.at, () => void this.#begin(it));
    const end = START.getTime() + HORIZON_MS;
    void this.#live();
    await this.#faults.calm();
    let steps = 0;
    for (let next = this.#time.next(); next !== null && next <= end; next = this.#time.next()) {
      steps += 1;
      if (steps > MOST_STEPS) {
        this.#complaints.push(
          `it does not end: time stands still at ${new Date(this.#time.ms).toISOString()}`,
        );
        break;
      }
      this.#time.step();
      await this.#faults.calm();
    }
    const life = this.#living?.life;
    life?.die();
    await this.#faults.calm();
    return {
      faults: this.#faults,
      wire: this.#wire,
      end: this.#time.ms,
      incidents: this.#incidents,
      snoozes: this.#snoozes,
      complaints: this.#complaints,
    };
  }

  #endless(): void {
    this.#complaints.push(`it does not end: time stands still at ${this.#time.now().toISOString()}`);
  }

  #in(ms: number, call: () => void): void {
    this.#time.at(new Date(this.#time.ms + ms), call);
  }

  #jump(ms: number): void {
    const from = this.#time.ms;
    this.#time.jump(ms);
    this.#faults.note('jump', from, this.#time.ms);
  }

  /** A life of the program; one that cannot be begun is begun again. */
  async #live(): Promise<void> {
    const { pool, alone } = this.#stage;
    try {
      const living = await start({
        pool,
        alone,
        time: this.#time,
        faults: this.#faults,
        wire: this.#wire,
        random: this.#random,
        complain: (text) => void this.#complaints.push(text),
      });
      // What it had begun may have ended it before its start was over.
      if (living.life.isDead) return;
      this.#living = living;
      for (const it of this.#waiting.splice(0)) it();
    } catch (error) {
      if (!this.#faults.isGone(error)) this.#complaints.push(`it did not start: ${String(error)}`);
      const from = this.#time.ms;
      this.#faults.note('kill', from, from + AGAIN_MS);
      this.#in(AGAIN_MS, () => void this.#live());
    }
  }

  async #alive(): Promise<Living> {
    while (!this.#living) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    return this.#living;
  }

  async #begin(run: Run): Promise<void> {
    const title = `run-${run.number} is down`;
    const asked = { title, severity: run.severity, tags: { run: `run-${run.number}` } };
    await this.#untilDone(async (ctx) => {
      const found = await this.#find(title);
      const number = found ?? (await declare(ctx, asked)).number;
      this.#incidents.set(run.number, number);
    });
    for (const deed of run.deeds) {
      this.#in(deed.at, () => void this.#untilDone((ctx) => this.#do(ctx, run, deed)));
    }
  }

  async #find(title: string): Promise<number | null> {
    this.#faults.began();
    const { rows } = await sql<{
      number: number;
    }>`select number from incidents where title = ${title}`.execute(this.#stage.db);
    this.#faults.ended();
    return rows[0]?.number ?? null;
  }

  async #do(ctx: Context, run: Run, { who, what }: Deed): Promise<void> {
    const number = this.#incidents.get(run.number) ?? 0;
    const as: Context = { ...ctx, actor: { type: 'user', id: who, name: who } };
    const deeds: Record<Deed['what'], () => Promise<unknown>> = {
      acknowledge: () => reach(as, number, 'acknowledge'),
      start: () => reach(as, number, 'start'),
      answer: () => this.#answer(ctx, number, who as string as PersonId),
      escalate: () => reach(as, number, 'escalate', { reason: 'it is worse than it looks' }),
      note: () => note(as, number, 'I am looking at it.'),
      worse: () => changeSeverity(as, number, 'P0'),
      snooze: async () => {
        const until = this.#time.ms + 300_000;
        this.#snoozes.set(`${number} ${this.#time.ms}`, until);
        await snoozeEscalation(as, number, new Date(until));
      },
      resolve: () => reach(as, number, 'resolve'),
      reopen: () => act(as, number, 'reopen', { reason: 'it is back' }),
    };
    await deeds[what]();
  }

  /** By the link in the latest page; where there is none they look by themselves. */
  async #answer(ctx: Context, number: number, who: PersonId): Promise<void> {
    const page = await latestPageTo(ctx.db, who, number);
    if (page) await answerPage(ctx, page.id, 'acknowledge', `link-${page.id}`);
  }

  /** People try again when the program is away, or when it died under their hands. */
  async #untilDone(what: (ctx: Context) => Promise<void>): Promise<void> {
    for (;;) {
      const { ctx, life } = await this.#alive();
      const end = await Promise.race([
        what(ctx).then(
          () => 'done' as const,
          (error: unknown) => error,
        ),
        life.ended().then(() => 'died' as const),
      ]);
      if (end === 'done' || end instanceof UserError) return;
      if (end === 'died') continue;
      if (!this.#faults.isGone(end)) {
        this.#complaints.push(`a deed failed: ${end instanceof Error ? end.stack : String(end)}`);
        return;
      }
      await this.#time.pause(AGAIN_MS);
    }
  }
}
