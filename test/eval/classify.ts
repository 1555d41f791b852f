import { createHash } from 'node:crypto';
import path from 'node:path';

import { areaFor, classify as byRules, type Classified } from '#src/alerts/classify.ts';
import type { Severity } from '#src/incident/incident.ts';

import { readRows, type Say } from './rows.ts';
import { accuracy, interval, kappa, macroF1, round, type Guess } from './scores.ts';

/** A rule somebody wrote, with the severity and the technology its author gave it. */
interface Row {
  readonly source: string;
  readonly path: string;
  readonly alertname: string;
  readonly summary: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: string;
  readonly category: string;
}

/** What is measured: a text in, a severity out; null: it has none, and the row is not counted. */
type Classifier = (alert: Classified) => Promise<Severity | null>;

const rules: Classifier = async (alert) => byRules(alert).severity.value;

/** Rows that are asked about side by side. */
const AT_ONCE = 8;

/** The data knows three levels: what wakes somebody, what is looked at in working hours, what is only told. */
const LEVEL: Readonly<Record<Severity, string>> = {
  P0: 'critical',
  P1: 'critical',
  P2: 'warning',
  P3: 'info',
  P4: 'info',
};

/**
 * Severity and technology from the text alone: what the sender says of either is
 * withheld. Rows of one file are of one author, and fall on one side: `seen` is
 * where rules may be looked for, `unseen` was only ever measured. The technology is always said by rules.
 */
export async function classify(
  folder: string,
  say: Say,
  classifier: Classifier = rules,
): Promise<Record<string, number>> {
  const severities: Measured[] = [];
  const areas: Measured[] = [];
  for (const file of ['rules', 'zabbix']) {
    const rows = await readRows<Row>(path.join(folder, `${file}.jsonl`));
    for (let at = 0; at < rows.length; at += AT_ONCE) {
      const some = rows.slice(at, at + AT_ONCE);
      const said = await Promise.all(some.map(async (row) => await classifier(asAlert(row))));
      for (const [index, row] of some.entries()) {
        const severity = said[index];
        if (!severity) continue;
        const split = `${file} ${sideOf(row)}`;
        severities.push({ split, is: row.severity, said: LEVEL[severity] });
        areas.push({ split, is: row.category, said: areaFor(asAlert(row)).value });
      }
    }
  }
  for (const [split, some] of splitsOf(severities)) say(`severity, ${split}: ${inWords(some)}`);
  for (const [split, some] of splitsOf(areas)) {
    say(`category, ${split}: ${spread(some)}, macro_f1 ${macroF1(some)}`);
  }
  return {
    n: severities.length,
    ...figures(severities),
    ...named('unseen', figures(unseen(severities))),
    category_accuracy: accuracy(areas),
    category_macro_f1: macroF1(areas),
    unseen_category_accuracy: accuracy(unseen(areas)),
    unseen_category_macro_f1: macroF1(unseen(areas)),
  };
}

interface Measured extends Guess {
  readonly split: string;
}

function unseen(all: readonly Measured[]): Measured[] {
  return all.filter((it) => it.split.endsWith('unseen'));
}

function splitsOf(all: readonly Measured[]): [string, readonly Measured[]][] {
  const splits = Map.groupBy(all, (it) => it.split);
  return [...splits, ['all unseen', unseen(all)], ['all', all]];
}

function figures(all: readonly Guess[]) {
  const isTwoSteps = ({ is, said }: Guess) => is !== said && is !== 'warning' && said !== 'warning';
  return {
    accuracy: accuracy(all),
    macro_f1: macroF1(all),
    kappa: kappa(all),
    two_step: all.length === 0 ? 0 : round(all.filter(isTwoSteps).length / all.length),
  };
}

function named(prefix: string, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}_${name}`, value]));
}

function inWords(all: readonly Guess[]): string {
  const { macro_f1, kappa: agreement, two_step } = figures(all);
  return `${spread(all)}, macro_f1 ${macro_f1}, kappa ${agreement}, two_step ${two_step}`;
}

function spread(all: readonly Guess[]): string {
  const [low, high] = interval(all);
  return `n ${all.length}, accuracy ${accuracy(all)} (95 %: ${low} to ${high})`;
}

/** Whole files are on one side, so that what one author always says cannot be learned from half of it. */
function sideOf({ source, path: file }: Row): 'seen' | 'unseen' {
  const hash = createHash('sha256').update(`${source}/${file}`).digest();
  return hash.readUInt32BE(0) % 2 === 0 ? 'seen' : 'unseen';
}

function asAlert(row: Row): Classified {
  return {
    rule: withoutHoles(row.alertname),
    title: withoutHoles(row.summary === '' ? row.alertname : row.summary).slice(0, 255),
    description: withoutHoles(row.description),
    eventType: 'alert',
    severity: 'P2',
    originalSeverity: null,
    category: null,
    service: null,
    resource: null,
    labels: Object.fromEntries(
      Object.entries(row.labels).filter(([name]) => !/severity|priority|level/i.test(name)),
    ),
  };
}

/** A template's holes, which a sent alert has filled: `{{ $labels.pod }}`, `{#DISK}`, `{$LIMIT}`, `{HOST.NAME}`. */
function withoutHoles(text: string): string {
  return text.replaceAll(/\{\{.*?\}\}|\{[#$]?[A-Z][A-Z0-9._:]*\d?\}/g, '…');
}
