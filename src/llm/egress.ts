import type { About } from './door.ts';

/** What leaves for a model: whether it may, and that it did. */
export interface Egress {
  /** Null: it may. Else why not, as a clause: `private incidents are not sent to a model`. */
  mayLeave(about: About): string | null;
  /** Written down before it goes. Rejects where it cannot be: what nobody could look up later does not leave. */
  left(entry: EgressEntry): Promise<void>;
}

/** One request to a model. */
export interface EgressEntry {
  /** The id of the call's record. Two requests of one call (a repair, the turns of a talk) are two entries. */
  readonly call: string;
  readonly at: Date;
  /** Null: about none, or about many. */
  readonly incident: number | null;
  /** Of the task or the inquiry. */
  readonly task: string;
  readonly model: string;
  /** Everything that is told, as it is sent, after secrets were taken out of it; our own instructions need not be in it. */
  readonly text: string;
  /** What was taken out, by kind: `Redaction.removed`. */
  readonly removed: Readonly<Record<string, number>>;
}

export interface EgressSettings {
  /** A model is configured and not switched off. */
  readonly isOn: boolean;
  /** Nothing leaves this installation: rules answer everything. */
  readonly isSealed: boolean;
  /** Private incidents may be sent too. */
  readonly withPrivate: boolean;
}

/** `settings` are read for each call, so that a switch works at once. `keep` writes an entry into the ledger. */
export function openEgress(
  settings: () => EgressSettings,
  keep: (entry: EgressEntry) => Promise<void>,
): Egress {
  return {
    mayLeave: ({ isPrivate }) => {
      const { isOn, isSealed, withPrivate } = settings();
      if (isSealed) return 'no data leaves this installation';
      if (!isOn) return 'models are switched off';
      return isPrivate && !withPrivate ? 'private incidents are not sent to a model' : null;
    },
    left: keep,
  };
}
