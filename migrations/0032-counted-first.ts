import { sql, type Kysely } from 'kysely';

/** Older programs write the same; they only wait at another moment. */
export const additive = true;

/**
 * Who is on call is counted up before a row is changed, not after it: whoever works on several people, teams or
 * schedules has the one row of the count first, so that two of them wait for each other and never crosswise.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of COUNTED) {
    await sql`
      create or replace trigger count_on_call_change before insert or update or delete on ${sql.table(table)}
      for each statement execute function count_on_call_change()`.execute(db);
  }
}

/** As in 0010 and 0013. */
const COUNTED: readonly string[] = [
  'people',
  'teams',
  'team_members',
  'settings',
  'schedules',
  'overrides',
  'policies',
  'routing_rules',
  'handoff_holds',
];
