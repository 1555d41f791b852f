import type { Bar } from './bars.ts';

/** What the dialog is about. */
export interface About {
  readonly schedule: { readonly id: string; readonly name: string };
  /** By whose clocks times are read and shown. */
  readonly zone: string;
  /** The shift that was chosen; null: a time. */
  readonly of: Bar | null;
  readonly span: { readonly from: number; readonly until: number };
  readonly onDone: () => void;
  readonly onClose: () => void;
}
