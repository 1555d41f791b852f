import { sql, type Kysely } from 'kysely';

/**
 * Files of what was said follow the words by themselves: which are to come is
 * written down. So is whether people were told of an outage and of its end.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

const STATEMENTS = [
  // Which file of what was said it is; null where that was not written down. No message: it is still to come.
  `alter table said_copied_files add column file integer`,
  `alter table said_copied_files drop constraint said_copied_files_pkey`,
  `alter table said_copied_files alter column message drop not null`,
  `create unique index said_copied_files_once on said_copied_files (said_id, platform, file)`,
  `create index said_copied_files_to_come on said_copied_files (platform, said_id) where message is null`,
  `create index said_by_incident on said (incident)`,
  // What began before was told.
  `alter table outages add column told boolean not null default true`,
  `alter table outages alter column told set default false`,
];
