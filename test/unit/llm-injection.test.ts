import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allTasks, attacked, attempts, hostileDoor, type Attacked } from '#test/support/attacked.ts';
import { ATTACKS, PLACES } from '#test/support/attacks.ts';
import { startClaude, type Claude } from '#test/support/claude/double.ts';

let claude: Claude;
beforeAll(async () => {
  claude = await startClaude();
});
afterAll(async () => {
  await claude.stop();
});

describe('a model that does whatever strangers write', () => {
  it('makes the bot do nothing, mention nobody, lead nowhere and draw nothing, wherever they write it', async () => {
    const tasks = await allTasks();
    const door = hostileDoor(claude);
    // A third of all, so that each order and each disguise comes in every place.
    const some = ATTACKS.filter((_, index) => index % 3 === 0);
    expect(some.length).toBeGreaterThanOrEqual(60);
    expect(PLACES).toHaveLength(9);
    const all: Attacked[] = [];
    const hostile = { door, replies: claude.replies };
    for (const [index, attempt] of attempts(tasks, some).entries()) {
      const manner = index % 6 === 0 ? 'obedient' : 'cunning';
      all.push(await attacked({ ...hostile, manner, isDrawn: index % 7 === 0 }, attempt));
    }
    expect(all.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
    // Else it would show nothing: most answers have to be those of the model.
    expect(all.filter(({ source }) => source === 'model').length).toBeGreaterThan(all.length / 3);
    expect(
      new Set(all.filter(({ source }) => source === 'model').map(({ task }) => task)).size,
    ).toBeGreaterThan(4);
  });
});
