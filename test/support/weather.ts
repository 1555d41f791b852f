import { setTimeout as sleep } from 'node:timers/promises';

import type { FakePlatform, Trouble } from './fake-platform.ts';
import type { Stage } from './stages.ts';

/** What goes on around the things that people do. */
export interface Weather {
  readonly name: string;
  /** Begins when the program is connected. */
  readonly begin?: (fake: FakePlatform) => void;
  /** Does it, with trouble around it. `count` says how many things were done before. */
  readonly around?: (doing: Doing) => Promise<void>;
}

interface Doing {
  readonly fake: FakePlatform;
  readonly stage: Stage;
  readonly room: string;
  readonly count: number;
  /** A form looks up its choices while it is filled in. */
  readonly isForm: boolean;
  readonly act: () => Promise<void>;
}

export const CALM: Weather = { name: 'in calm' };

/** Each thing is delivered so many times; platforms do that when they think that nobody heard them. */
const repeated: Weather = {
  name: 'with everything delivered three times',
  begin: (fake) => fake.trouble.deliverTimes(3),
};

/** Our calls are answered late, and so what hangs on them is done while other things come. */
const late = troubled('with answers that come late', { delayMs: 600 });

const limited = troubled('with "too many requests, wait a second"', { status: 429, retryAfterS: 1 });

const failing = troubled('with errors of the server', { status: 503 });

const dropping: Weather = {
  name: 'with connections that drop',
  async around({ fake, count, act }) {
    if (count % 3 === 1) fake.trouble.dropConnections();
    await act();
  },
};

/** Something else that is said at the same moment arrives before it, although it was said after it. */
const unordered: Weather = {
  name: 'with everything in another order',
  async around({ fake, room, count, isForm, act }) {
    if (isForm) return await act();
    fake.trouble.hold();
    const acted = after(0, act);
    const said = after(20, () => fake.types(fake.people.cy, room, `hm, ${count}`));
    await sleep(80);
    await fake.trouble.release();
    const failed = (await Promise.all([acted, said])).find((it) => it instanceof Error);
    if (failed) throw failed;
  },
};

/** All of it, one after the other, and everything delivered twice. */
const storm: Weather = {
  name: 'in a storm',
  begin: (fake) => fake.trouble.deliverTimes(2),
  async around(doing) {
    const kinds = [late, limited, unordered, failing, dropping];
    const { around } = kinds[doing.count % kinds.length] ?? CALM;
    await (around ? around(doing) : doing.act());
  },
};

export const WEATHERS: readonly Weather[] = [repeated, late, limited, failing, dropping, unordered];
export const STORM = storm;

/** What most of the bot's work goes through meets this trouble, once for each thing that is done. */
function troubled(name: string, trouble: Trouble): Weather {
  return {
    name,
    async around({ fake, stage, act }) {
      for (const call of stage.calls) fake.trouble.next(call, trouble);
      await act();
    },
  };
}

/** Does it a little later; what goes wrong is the answer, since nobody looks at it until the other is done too. */
async function after(ms: number, act: () => Promise<void>): Promise<Error | null> {
  await sleep(ms);
  return await act().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}
