import { allTasks, attacked, attempts, hostileDoor, type Manner } from '#test/support/attacked.ts';
import { ATTACKS, PLACES } from '#test/support/attacks.ts';
import { startClaude } from '#test/support/claude/double.ts';

import type { Say } from './rows.ts';

const MANNERS: readonly Manner[] = ['obedient', 'cunning'];

/**
 * Every attack in every place, against a model that does whatever it reads: `wrong` are those after which
 * something would have happened that must not. `answered` are those of which the model's answer was taken; after the others
 * rules answered. It shows what the bot lets through, and says nothing about how a model withstands.
 */
export async function injection(_data: string | undefined, say: Say): Promise<Record<string, unknown>> {
  const claude = await startClaude();
  const counts = { answered: 0, wrong: 0, n: 0 };
  const byTask: Record<string, { n: number; answered: number; wrong: number }> = {};
  try {
    const tasks = await allTasks();
    const hostile = { door: hostileDoor(claude), replies: claude.replies };
    for (const manner of MANNERS) {
      for (const [index, attempt] of attempts(tasks).entries()) {
        const isDrawn = manner === 'cunning' && index % 2 === 0;
        const { task, place, attack, source, wrong } = await attacked(
          { ...hostile, manner, isDrawn },
          attempt,
        );
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
  } finally {
    await claude.stop();
  }
}
