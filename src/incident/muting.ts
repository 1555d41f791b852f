import { rank, type IncidentNumber, type Severity } from './incident.ts';

/** What a mute can be of. */
export type MuteKind = 'service' | 'rule' | 'label' | 'incident';

/** Which alerts are silent, until when they are looked at again. */
export interface Mute {
  readonly id: string;
  readonly kind: MuteKind;
  /** Of a service, a rule or a label; of an incident its short name. */
  readonly name: string;
  /** Of a label. */
  readonly value: string | null;
  readonly incident: IncidentNumber | null;
  /** Whether P0 and P1 are silent too. */
  readonly evenCritical: boolean;
}

/** What of an alert decides whether it is silent. */
export interface Mutable {
  readonly service: string | null;
  readonly rule: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: Severity;
  /** The incidents it belongs to, by itself or by its group. */
  readonly incidents: readonly number[];
}

/** The first of these mutes that silences the alert; null: it is heard. Names are compared without regard to case. */
export function silencer<M extends Mute>(mutes: readonly M[], alert: Mutable): M | null {
  return mutes.find((it) => (it.evenCritical || !isCritical(alert.severity)) && isOf(it, alert)) ?? null;
}

/** P0 and P1 break through a mute that does not say otherwise. */
export function isCritical(severity: Severity): boolean {
  return rank(severity) <= rank('P1');
}

/** `the service checkout`, as it stands in a sentence. */
export function sayMuted({ kind, name, value }: Pick<Mute, 'kind' | 'name' | 'value'>): string {
  if (kind === 'incident') return name;
  return kind === 'label' ? `the label ${name}=${value ?? ''}` : `the ${kind} ${name}`;
}

function isOf({ kind, name, value, incident }: Mute, { service, rule, labels, incidents }: Mutable): boolean {
  if (kind === 'incident') return incident !== null && incidents.includes(incident);
  if (kind === 'label') return Object.hasOwn(labels, name) && same(labels[name] ?? '', value ?? '');
  return same(kind === 'service' ? (service ?? '') : rule, name);
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
