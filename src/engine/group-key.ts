import type { Alert } from '#src/alerts/alert.ts';
import { fingerprint } from '#src/incident/fingerprint.ts';

/**
 * Which incident an alert belongs to, as one word: alerts of one key are one
 * incident. `by` names fields (service, environment, source, rule, category) or
 * `label:<name>`. Service and category are those it is taken to have; where it has no
 * service its rule stands in, so that what nobody labelled is not thrown together.
 */
export function groupKeyOf(
  alert: Alert,
  { service, category }: Pick<Alert, 'service' | 'category'>,
  by: readonly string[],
): string {
  const { rule, source, environment, labels } = alert;
  const parts: Readonly<Record<string, string>> = {
    service: service ?? `rule ${rule}`,
    environment: environment ?? 'production',
    source,
    rule,
    category: category ?? '',
  };
  const named: Record<string, string> = {};
  for (const name of by) {
    named[name] = name.startsWith(LABEL) ? (labels[name.slice(LABEL.length)] ?? '') : (parts[name] ?? '');
  }
  return fingerprint(named);
}

const LABEL = 'label:';
