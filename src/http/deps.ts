import type { Readable } from 'node:stream';

import type { Keys } from '#src/access/keys.ts';
import type { Window } from '#src/access/limits.ts';
import type { Sessions } from '#src/access/sessions.ts';
import type { AlertSource } from '#src/alerts/source.ts';
import type { Reply, Ways } from '#src/chat/command.ts';
import type { SimilarEyes } from '#src/chat/look-similar.ts';
import type { Mount } from '#src/chat/mount.ts';
import type { Ref } from '#src/chat/platform.ts';
import type { Reads } from '#src/db/replica.ts';
import type { Db } from '#src/db/schema.ts';
import type { EngineSettings } from '#src/engine/context.ts';
import type { Ingested, Received } from '#src/engine/ingest.ts';
import type { IncidentNumber } from '#src/incident/incident.ts';
import type { Actor, Person, Role } from '#src/incident/person.ts';
import type { Door, DoorSetup } from '#src/llm/door.ts';
import type { Log } from '#src/log.ts';
import type { Metrics } from '#src/metrics.ts';

import type { WebChat } from './web.ts';

/** Everything the doors need; main.ts builds it. */
export interface HttpDeps {
  readonly db: Db;
  /** Where what may be a moment old is read; left out, where all is. */
  readonly reads?: Reads;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly settings: HttpSettings;
  readonly engine: EngineSettings;
  /** The only clock. */
  readonly now: () => Date;
  /** A fresh UUID. */
  readonly newId: () => string;
  /** Wakes whoever waits for events and timers. */
  readonly committed: () => void;

  readonly keys: Keys;
  readonly sessions: Sessions;
  /** What addresses that are keys themselves are signed with. */
  readonly secret: string;

  /** Every alert source there is. */
  readonly sources: readonly AlertSource[];
  /** Resolves when what it was given is committed. Throws `busy` when it cannot take more now. */
  readonly intake: { submit(received: Received[]): Promise<Ingested[]> };
  /** Runs one line, as people type it after `/incident`. */
  readonly dispatch: { runText(text: string, by: CommandBy): Promise<Reply> };
  /** Makes vectors of texts, for what is similar. */
  readonly embedder: SimilarEyes['embedder'];
  /** The ways to reach people beside the chat, for those who set theirs up. */
  readonly ways: Ways;
  /** By which a browser knows that it is we who tell it something; null: browsers are not told. */
  readonly pushKey: string | null;
  /** The one way to a model; left out, rules alone read questions. */
  readonly llm?: Door;
  /** What is behind the door to the models; left out, nothing is. */
  readonly setupOfModels?: () => DoorSetup | undefined;
  readonly jobs: DeadJobs;
  /** The database as one file; left out, it has programs of its own for that. */
  readonly backup?: (() => Promise<Readable>) | undefined;
  readonly web: WebChat;
  /** Where chat platforms call us. */
  readonly mounts: readonly Mount[];
  /** Whether each part works; asked at every look at /health. */
  readonly probes: Readonly<Record<'database' | 'cache' | 'message_queue', () => Promise<boolean>>>;
  /** How requests of a kind are limited to so many a minute; left out, each process counts for itself. */
  readonly windowOf?: (name: string, perMinute: number) => Window;
  /** What this process does, and what it alone of all does now; left out where there is one process. */
  readonly about?: () => { readonly roles: readonly string[]; readonly leases: readonly string[] };
}

export interface CommandBy {
  readonly person: Person | null;
  readonly actor: Actor;
  readonly role: Role;
  readonly room: Ref | null;
  /** The incident it is about where the line names none. */
  readonly here: IncidentNumber | null;
}

/** Jobs that were given up, for an admin to look at and try again. */
export interface DeadJobs {
  list(): Promise<readonly DeadJob[]>;
  /** False when there is no dead job of this id. */
  retry(id: string): Promise<boolean>;
}

export interface DeadJob {
  readonly id: string;
  readonly kind: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly deadAt: Date | null;
}

/** `src/config.ts` reads and explains these. */
export interface HttpSettings {
  readonly version: string;
  /** The address people reach us at, without a slash at the end. */
  readonly publicUrl: string;
  /** Bound to loopback and no HOST set: every visitor of this machine is a demo admin. */
  readonly local: boolean;
  /** Where the built page lies. */
  readonly uiFolder: string;
  /** The secret each source signs with, by the source's name. Where one is set, unsigned requests are refused. */
  readonly sourceSecrets: Readonly<Record<string, string>>;
  /** Requests a key may make in any minute, beside events; undefined: no limit. 1,000 is contracts 3.3. */
  readonly requestsPerMinute: number | undefined;
  /** Requests with events a key may make in any minute; undefined, the default: no limit. */
  readonly eventsPerMinute: number | undefined;
  /** Nothing is answered but how this process is; left out, everything is. */
  readonly onlyProbes?: boolean;
}
