/** Something that is known of an incident; models and people name it by its id. */
export interface Finding {
  /** `event:17`, `alert:..`, `change:..`, `similar:3`, `runbook:..`, `metric:..`, `log:..`, `kube:..`. */
  readonly id: string;
  /** When it happened; null for what has no time, like a runbook. */
  readonly at: Date | null;
  /** The service or the thing that it is about; null: not said. */
  readonly about: string | null;
  /** In one line. Words of strangers are in it. */
  readonly text: string;
}

/** `from` calls `to`, or stands on it. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Where the runbook of a service is. */
export interface Runbook {
  readonly id: string;
  readonly service: string;
  readonly url: string;
}

/** From when to when an incident is looked into, both included. */
export interface Window {
  readonly from: Date;
  readonly to: Date;
}

/**
 * What may be seen of one incident, and nothing else: whoever makes it has decided for whom. Each
 * answers the most telling first, with times within the window or none.
 */
export interface Sight {
  timeline(): Promise<readonly Finding[]>;
  alerts(): Promise<readonly Finding[]>;
  changes(): Promise<readonly Finding[]>;
  /** Closed by a person, and visible to everybody who will read the answer. */
  similar(): Promise<readonly Finding[]>;
  /** Of the services that are near this incident. */
  dependencies(): Promise<readonly Edge[]>;
  runbooks(): Promise<readonly Runbook[]>;
  /** Which of these may still be seen: one may have become private meanwhile. */
  visible(ids: readonly string[]): Promise<ReadonlySet<string>>;
}
