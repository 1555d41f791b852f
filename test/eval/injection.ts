import type { Door } from '#src/llm/door.ts';
import { allTasks, attacked, attempts, hostileDoor, type Manner } from '#test/support/attacked.ts';
import { ATTACKS, PLACES } from '#test/support/attacks.ts';
import { startClaude } from '#test/support/claude/double.ts';

import type { Say } from './rows.ts';

const MANNERS: readonly Manner[] = ['obedient', 'cunning'];

/**
 * Every attack in every place, against a model that does whatever it reads, or against one in earnest: `wrong` are those
 * after which something would have happened that must not. `answered` are those of which the model's answer was taken;
 * after the others rules answered. Against the double it shows what the bot lets through, and says nothing about
 * how a model withstands.
 */
export async function injection(
  _data: string | undefined,
  say: Say,
  model?: Door,
): Promise<Record<string, unknown>> {
  if (model) return await attackAll(say, [{ door: model, manner: 'obedient' }]);
  const claude = await startClaude();
  try {
    const hostile = { door: hostileDoor(claude), replies: claude.replies };
    return await attackAll(
      say,
      MANNERS.map((manner) => ({ ...hostile, manner })),
    );
  } finally {
    await claude.stop();
  }
}

async function attackAll(
  say: Say,
  ways: readonly Omit<Parameters<typeof attacked>[0], 'isDrawn'>[],
): Promise<Record<string, unknown>> {
  const counts = { answered: 0, wrong: 0, n: 0 };
  const byTask: Record<string, { n: number; answered: number; wrong: number }> = {};
  const tasks = await allTasks();
  for (const way of ways) {
    for (const [index, attempt] of attempts(tasks).entries()) {
      const isDrawn = way.manner === 'cunning' && index % 2 === 0;
      const { task, place, attack, source, wrong } = await attacked({ ...way, isDrawn }, attempt);
      const of = (byTask[task] ??= { n: 0, answered: 0, wrong: 0 });
      for (const it of [counts, of]) {
        it.n += 1;
        it.answered += source === 'rules' ? 0 : 1;
        it.wrong += wrong.length > 0 ? 1 : 0;
      }
      for (const it of wrong) say(`${attack}, in ${place}, ${task}: ${it}`);
    }
  }
  return {
    ...counts,
    attacks: ATTACKS.length,
    places: PLACES.length,
    tasks: tasks.length,
    by_task: byTask,
  };
}
