import type { Db, Tx } from '#src/db/schema.ts';
import type { Deciding } from '#src/incident/decision.ts';
import type { Actor, Role } from '#src/incident/person.ts';

/** What a verb may know of the world: who asks, what they may, the clock and the database. */
export interface Context {
  readonly db: Db;
  readonly actor: Actor;
  readonly role: Role;
  /** The only clock. */
  readonly now: () => Date;
  /** A fresh unique id (UUID). */
  readonly newId: () => string;
  /** Called after a commit that left events or timers, so that nobody waits for the next look. */
  readonly committed: () => void;
  readonly settings: EngineSettings;
}

/** A verb in its transaction, for its parts and for whoever has people told of it. */
export interface Place {
  readonly ctx: Context;
  readonly tx: Tx;
}

/** The settings that change what verbs decide; `src/config.ts` reads and explains them. */
export interface EngineSettings {
  /** Milliseconds in which a repeat of a resolved alert reopens its incident instead of opening a new one. */
  readonly reopenWindowMs: number;
  /** Milliseconds after an incident's last alert in which other alerts of its group still join it. */
  readonly groupWindowMs: number;
  /** Milliseconds after it opened in which an incident takes alerts of services next to its own; 0: never. */
  readonly stormWindowMs: number;
  /** So many incidents of one environment within that time are one storm; 0: never. */
  readonly stormSize: number;
  /** What makes alerts one incident: `service`, `environment`, `source`, `rule`, or `label:<name>`. */
  readonly groupBy: readonly string[];
  /** What happens when every alert of an incident is resolved. */
  readonly whenAlertsClear: 'resolve' | 'tell';
  /** The address people reach us at, without a slash at the end. */
  readonly publicUrl: string;
  /** The chat platforms that are connected, by name. */
  readonly platforms: readonly string[];
  /** The channels beside the chat that are set up, by name: `email`, `sms`, ... */
  readonly channels: readonly string[];
}

/** For what people name by hand: eight characters, with a letter among them, since figures alone are an incident. */
export function shortId(ctx: Pick<Context, 'newId'>): string {
  const id = ctx.newId().slice(0, 8);
  return /^\d+$/.test(id) ? `a${id.slice(1)}` : id;
}

export function deciding(ctx: Pick<Context, 'actor' | 'now'>): Deciding {
  return { by: ctx.actor, at: ctx.now() };
}
