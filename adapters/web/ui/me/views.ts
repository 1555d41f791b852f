/** What the server says of how somebody is told, below /api/v1/me. Names are the API's. */

export type Urgency = 'high' | 'low';

export interface OwnView {
  readonly contacts: readonly ContactView[];
  /** What can be added. */
  readonly kinds: readonly string[];
  readonly push_key: string | null;
  readonly timezone: string;
  readonly high: readonly StepView[] | null;
  readonly low: readonly StepView[] | null;
  readonly throttle: { readonly max: number; readonly window_ms: number } | null;
  readonly bundle_ms: number | null;
  readonly quiet: QuietView | null;
  /** What holds: their own steps, or the default ones. */
  readonly steps: Readonly<Record<Urgency, readonly StepView[]>>;
  readonly preview: Readonly<Record<Urgency, PreviewView>>;
}

/** What is sent back to change it. */
export type RulesView = Pick<OwnView, 'high' | 'low' | 'throttle' | 'bundle_ms' | 'quiet'>;

export interface ContactView {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly label: string;
  readonly endpoint: string | null;
  readonly entered: boolean;
  readonly enabled: boolean;
  readonly verified_at: string | null;
  readonly waits_for_code: boolean;
  readonly problem: string | null;
}

export interface StepView {
  readonly contact: string;
  readonly delay_ms: number;
}

export interface QuietView {
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly break_through: {
    readonly severities: readonly string[];
    readonly urgencies: readonly Urgency[];
  };
}

interface PreviewView {
  readonly ways: string;
  readonly notes: readonly string[];
  readonly unreachable: string | null;
}

/** GET /me/pages and /incidents/{id}/pages answer arrays of these. */
export interface ReceiptView {
  readonly id: string;
  /** Of my own pages: what it is about, where I may see that. */
  readonly incident?: { readonly number: number; readonly title: string } | null;
  readonly kind: 'page' | 'handoff' | 'reminder' | 'test';
  readonly title: string | null;
  readonly recipient: { readonly kind: string; readonly id: string };
  readonly level: number;
  readonly urgency: Urgency;
  readonly reason: string;
  readonly requested_at: string;
  readonly answered_by: string | null;
  readonly answered_at: string | null;
  readonly messages: readonly SentView[];
}

export interface SentView {
  readonly channel: string;
  readonly to: string | null;
  readonly state: 'waiting' | 'sent' | 'failed' | 'refused' | 'cancelled';
  readonly why: string;
  readonly due_at: string | null;
  readonly tried_at: string | null;
  readonly sent_at: string | null;
  readonly delivered_at: string | null;
  readonly provider_id: string | null;
  readonly attempts: number;
  readonly detail: string | null;
}
