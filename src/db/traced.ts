import type { DatabaseConnection, Dialect, Driver, TransactionSettings } from 'kysely';

import { beginSpan, type OpenSpan } from '#src/telemetry/trace.ts';

/** The same dialect; each transaction is a part of the trace it belongs to, without a word of what is in it. */
export function tracedDialect(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => tracedDriver(dialect.createDriver()),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
}

function tracedDriver(driver: Driver): Driver {
  const open = new WeakMap<DatabaseConnection, OpenSpan>();
  const ending = async (connection: DatabaseConnection, outcome: string, end: Promise<void>) => {
    const span = open.get(connection);
    open.delete(connection);
    try {
      await end;
      span?.set({ outcome });
      span?.end();
    } catch (error) {
      span?.end(error);
      throw error;
    }
  };
  return new Proxy(driver, {
    get(target, name) {
      if (name === 'beginTransaction') {
        return async (connection: DatabaseConnection, settings: TransactionSettings) => {
          const span = beginSpan('transaction', ABOUT);
          if (span.id !== null) open.set(connection, span);
          await target.beginTransaction(connection, settings);
        };
      }
      if (name === 'commitTransaction') {
        return (connection: DatabaseConnection) =>
          ending(connection, 'committed', target.commitTransaction(connection));
      }
      if (name === 'rollbackTransaction') {
        return (connection: DatabaseConnection) =>
          ending(connection, 'rolled back', target.rollbackTransaction(connection));
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const ABOUT = { kind: 'client', attributes: { 'db.system.name': 'postgresql' } } as const;
