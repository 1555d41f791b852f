/** Runs a piece of work when what was begun under its key before has ended, however it ended. */
export type InOrder = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** Work under one key is done in the order in which it came, one after the other; a failure does not stop what follows. */
export function inOrder(): InOrder {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key);
    const mine = (async () => {
      await before?.catch(() => {});
      return await work();
    })();
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
