import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { UserError } from '#src/errors.ts';

/** A request as the central program is to get it. */
export interface Parcel {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Waiting extends Parcel {
  readonly id: number;
}

/** What the central program will not have, and why. */
export interface Refused {
  readonly id: number;
  readonly path: string;
  readonly takenAt: string;
  readonly status: number;
  readonly why: string;
}

export interface Figures {
  readonly waiting: number;
  readonly bytes: number;
  /** When the one was taken that waits longest; null: none waits. */
  readonly oldest: string | null;
  readonly refused: number;
}

export interface Limits {
  readonly events: number;
  readonly bytes: number;
}

/** More than so many refused events are not kept: the oldest go. */
const REFUSED_KEPT = 1000;

const TABLES = `
  create table if not exists waiting (
    id integer primary key autoincrement, taken_at text not null,
    path text not null, headers text not null, body blob not null
  );
  create table if not exists refused (
    id integer primary key, taken_at text not null, path text not null, headers text not null, body blob not null,
    status integer not null, why text not null
  );`;

/**
 * Events that wait for the central program, in the order they came, in one
 * file. `put` returns when they are on the disk (a write-ahead log that is
 * flushed at every commit), so what it took survives kill -9 and a power cut.
 */
export class EventBuffer {
  readonly #file: DatabaseSync;
  readonly #limits: Limits;
  #waiting: number;
  #bytes: number;

  /** @throws UserError when another process has the folder, or it cannot be written */
  constructor(folder: string, limits: Limits) {
    this.#file = open(folder);
    this.#limits = limits;
    const row = this.#file
      .prepare('select count(*) n, coalesce(sum(length(body)), 0) bytes from waiting')
      .get();
    this.#waiting = Number(row?.['n']);
    this.#bytes = Number(row?.['bytes']);
  }

  /**
   * Keeps what there is room for, all in one commit, which costs one flush of
   * the disk however many they are.
   *
   * @returns for each whether it is kept
   */
  put(parcels: readonly Parcel[], takenAt: string): boolean[] {
    let { events, bytes } = this.#limits;
    events -= this.#waiting;
    bytes -= this.#bytes;
    const kept = parcels.map(({ body }) => {
      if (events < 1 || bytes < body.byteLength) return false;
      events -= 1;
      bytes -= body.byteLength;
      return true;
    });
    const insert = this.#file.prepare(
      'insert into waiting (taken_at, path, headers, body) values (?, ?, ?, ?)',
    );
    this.#commit(() => {
      for (const [index, { path, headers, body }] of parcels.entries()) {
        if (kept[index]) insert.run(takenAt, path, JSON.stringify(headers), body);
      }
    });
    this.#waiting = this.#limits.events - events;
    this.#bytes = this.#limits.bytes - bytes;
    return kept;
  }

  /** Those that wait longest, the first one first. */
  head(count: number): Waiting[] {
    const rows = this.#file
      .prepare('select id, path, headers, body from waiting order by id limit ?')
      .all(count);
    return rows.map((row) => ({
      id: Number(row['id']),
      path: String(row['path']),
      headers: JSON.parse(String(row['headers'])) as Record<string, string>,
      body: row['body'] as Uint8Array,
    }));
  }

  /** The central program has these: they wait no longer. */
  done(those: readonly Waiting[]): void {
    if (those.length === 0) return;
    const remove = this.#file.prepare('delete from waiting where id = ?');
    this.#commit(() => {
      for (const { id } of those) remove.run(id);
    });
    this.#left(those);
  }

  /** The central program will never have this one: it is put aside, so that the others go on. */
  setAside(it: Waiting, status: number, why: string): void {
    const move = this.#file.prepare(
      `insert into refused select id, taken_at, path, headers, body, ?, ? from waiting where id = ?`,
    );
    const remove = this.#file.prepare('delete from waiting where id = ?');
    const forget = this.#file.prepare(
      'delete from refused where id not in (select id from refused order by id desc limit ?)',
    );
    this.#commit(() => {
      move.run(status, why, it.id);
      remove.run(it.id);
      forget.run(REFUSED_KEPT);
    });
    this.#left([it]);
  }

  refused(): Refused[] {
    const rows = this.#file
      .prepare('select id, path, taken_at as takenAt, status, why from refused order by id')
      .all();
    return rows as unknown as Refused[];
  }

  /**
   * All that was put aside waits again, behind the others, under another key: the answer of before is kept
   * under the old one. Answers how many.
   */
  tryRefusedAgain(): number {
    const row = this.#file
      .prepare('select count(*) n, coalesce(sum(length(body)), 0) bytes from refused')
      .get();
    const again = Number(row?.['n']);
    this.#commit(() =>
      this.#file.exec(`
        insert into waiting (taken_at, path, headers, body) select taken_at, path,
          case when json_extract(headers, '$."idempotency-key"') is null then headers
            else json_replace(headers, '$."idempotency-key"', lower(hex(randomblob(16)))) end,
          body from refused order by id;
        delete from refused`),
    );
    this.#waiting += again;
    this.#bytes += Number(row?.['bytes']);
    return again;
  }

  figures(): Figures {
    const row = this.#file.prepare('select taken_at from waiting order by id limit 1').get();
    const refused = this.#file.prepare('select count(*) n from refused').get();
    return {
      waiting: this.#waiting,
      bytes: this.#bytes,
      oldest: row ? String(row['taken_at']) : null,
      refused: Number(refused?.['n']),
    };
  }

  close(): void {
    this.#file.close();
  }

  #left(those: readonly Waiting[]): void {
    this.#waiting -= those.length;
    this.#bytes -= those.reduce((sum, it) => sum + it.body.byteLength, 0);
  }

  #commit(work: () => void): void {
    this.#file.exec('begin immediate');
    try {
      work();
      this.#file.exec('commit');
    } catch (error) {
      if (this.#file.isTransaction) this.#file.exec('rollback');
      throw error;
    }
  }
}

/** The exclusive lock is the operating system's and ends with the process, however that ends. */
function open(folder: string): DatabaseSync {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = new DatabaseSync(join(folder, 'events.sqlite'));
    file.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full');
    file.exec('pragma cache_size = -1024; pragma auto_vacuum = none');
    file.exec(TABLES);
    return file;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      'conflict',
      `The folder ${folder} cannot be used (${why}). Stop the other sidecar that has it, or set DATA_DIR to a folder on a local disk.`,
    );
  }
}
