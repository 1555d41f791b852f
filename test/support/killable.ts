import type { Db } from '#src/db/schema.ts';

/** A handle on the same database that can be cut off in the middle of anything, as kill -9 does. */
export function killable(db: Db): { readonly db: Db; readonly kill: () => void } {
  let isDead = false;
  const own = new Proxy(db, {
    get(target, name) {
      if (isDead) throw new Error('This process was killed');
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return {
    db: own,
    kill: () => {
      isDead = true;
    },
  };
}
