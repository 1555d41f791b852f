import { sql, type Kysely } from 'kysely';

/** Where the files of what was said stand on other platforms, so that they can be taken back with the words. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table said_copied_files (
        said_id bigint not null references said on delete cascade,
        platform text not null,
        message text not null,
        primary key (said_id, platform, message)
      )`,
    )
    .execute(db);
}
