/** What these pages read of the API below /api/v1, and nothing more. Names are the API's; times are ISO 8601. */

import type { Severity } from '../net/rest.ts';

export interface DutyView {
  readonly person: string;
  readonly from: string;
  readonly until: string;
  readonly why: 'layer' | 'override';
  readonly layer: string | null;
  readonly override: string | null;
  readonly instead_of: string | null;
  readonly reason: string | null;
  readonly by: string | null;
}

/** Why nobody is on call. */
export interface EmptyView {
  readonly why: 'unplanned' | 'disabled' | 'override';
  readonly override: string | null;
  readonly reason: string | null;
  readonly by: string | null;
}

interface UnreachableView {
  readonly person: string;
  readonly why: string;
}

/** GET /on-call answers an array of these. */
export interface OnCallView {
  readonly schedule: string;
  readonly name: string;
  readonly team: string | null;
  readonly timezone: string;
  readonly on_call: readonly DutyView[];
  readonly shadows: readonly DutyView[];
  readonly empty: EmptyView | null;
  readonly unreachable: readonly UnreachableView[];
  readonly next_handoff: { readonly at: string } | null;
  readonly next: readonly DutyView[];
}

/** GET /schedules/{id}/shifts answers an array of these. */
export interface SpanView {
  readonly from: string;
  readonly until: string;
  readonly on_call: readonly DutyView[];
  readonly shadows: readonly DutyView[];
  readonly empty: EmptyView | null;
}

export interface OverrideView {
  readonly id: string;
  readonly kind: 'cover' | 'add' | 'replace' | 'remove';
  readonly people: readonly string[];
  readonly instead_of: string | null;
  readonly from: string;
  readonly to: string;
  readonly reason: string | null;
  readonly by: string;
}

type WindowView =
  | string
  | {
      readonly days: readonly string[];
      readonly from: string;
      readonly until: string;
      readonly plus_days: number;
    };

export interface LayerView {
  readonly id: string;
  readonly name: string;
  readonly priority: number;
  readonly timezone: string | null;
  readonly rotation: {
    readonly every: string;
    readonly start: string;
    readonly anchor: string | null;
    readonly end: string | null;
  };
  readonly people: readonly (string | readonly string[])[];
  readonly only: readonly WindowView[];
  readonly on_holidays: 'as-usual' | 'nobody' | 'only';
  readonly calendar: string | null;
  readonly shadow: boolean;
}

/** GET /schedules answers an array of these. */
export interface ScheduleRow {
  readonly id: string;
  readonly name: string;
  readonly team: string | null;
  readonly timezone: string;
  readonly enabled: boolean;
}

/** GET /schedules/{id} */
export interface ScheduleView extends ScheduleRow {
  readonly layers: readonly LayerView[];
  readonly overrides: readonly OverrideView[];
  readonly gaps: readonly { readonly from: string; readonly until: string }[];
  readonly quality: { readonly score: number; readonly says: readonly string[] };
}

/** POST /schedules/{id}/plan */
export interface PlanView {
  readonly changes: readonly {
    readonly kind: 'added' | 'changed' | 'removed';
    readonly text: string;
  }[];
  readonly warnings: readonly string[];
  readonly digest: string;
}

export interface TargetView {
  readonly kind: 'person' | 'team' | 'schedule' | 'room' | 'webhook' | 'external';
  readonly id: string;
  readonly name: string;
  readonly people: readonly string[];
  readonly why: string;
  readonly unreachable: readonly UnreachableView[];
}

export interface LevelView {
  readonly name: string;
  readonly wait_ms: number;
  readonly hours: string | null;
  readonly severity: readonly Severity[];
  readonly is_now: boolean;
  readonly strategy: 'all' | 'round-robin';
  readonly acks: number;
  readonly when_empty: 'skip' | 'hold';
  readonly targets: readonly (TargetView & { readonly fallbacks: readonly TargetView[] })[];
  readonly is_dead: boolean;
}

/** GET /policies answers an array of these. */
export interface PolicyView {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly conditions: {
    readonly severity: readonly Severity[];
    readonly others: readonly { readonly field: string; readonly values: readonly string[] }[];
  };
  readonly is_default: boolean;
  readonly teams: readonly string[];
  readonly rules: readonly {
    readonly id: string;
    readonly name: string;
    readonly enabled: boolean;
    readonly when: readonly string[];
  }[];
  readonly levels: readonly LevelView[];
  readonly repeat: { readonly times: number; readonly after_ms: number };
  readonly stop_on_ack: boolean;
  readonly hand_to: string | null;
  readonly resume_if_still_firing_after_ms: number | null;
  readonly unack_after_ms: number | null;
}

/** GET /simulation and GET /policies/{id}/simulation */
export interface SimulationView {
  readonly severity: Severity;
  readonly policy: string | null;
  readonly why: string;
  readonly steps: readonly StepView[];
}

export interface StepView {
  readonly at: string;
  readonly minute: number;
  readonly cycle: number;
  readonly level: number;
  readonly level_name: string;
  readonly to: { readonly kind: string; readonly id: string } | null;
  readonly by: string | null;
  readonly why: string;
  readonly is_dead: boolean;
}
