import type { Alert } from '#src/alerts/alert.ts';
import { fingerprint } from '#src/incident/fingerprint.ts';

/**
 * Which incident an alert belongs to, as one word: alerts of one key are one
 * incident. `by` names fields (service, environment, source, rule, category) or
 * `label:<name>`. Where an alert has no service its rule stands in, so that
 * what nobody labelled is not thrown together.
 */
export function groupKeyOf(alert: Alert, by: readonly string[]): string {
  return fingerprint(Object.fromEntries(by.map((name) => [name, part(alert, name)])));
}

function part(alert: Alert, name: string): string {
  if (name.startsWith('label:')) return alert.labels[name.slice('label:'.length)] ?? '';
  const { service, rule, source, category } = alert;
  const parts: Record<string, string> = {
    service: service ?? `rule ${rule}`,
    environment: alert.environment ?? 'production',
    source,
    rule,
    category: category ?? '',
  };
  return parts[name] ?? '';
}
