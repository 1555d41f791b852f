import { sql, type Kysely } from 'kysely';

/** A new function. The program before shows of messages that refer to others only what is their own. */
export const additive = true;

/** Whether a message is stored: asked once for each batch, so its plan is kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function has_alert_event(said uuid, said_at timestamptz) returns boolean language plpgsql
    set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off
    as $$
      begin
        return exists (select from alert_events where id = said and received_at = said_at);
      end $$`.execute(db);
}
