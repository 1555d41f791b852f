/** What something is, and what was said of it. */
export interface Guess {
  readonly is: string;
  readonly said: string;
}

export function accuracy(all: readonly Guess[]): number {
  return all.length === 0 ? 0 : round(all.filter((it) => it.is === it.said).length / all.length);
}

/** The mean of the F1 of every class that occurs: rare ones count as much as common ones. */
export function macroF1(all: readonly Guess[]): number {
  const classes = [...new Set(all.map((it) => it.is))];
  const scores = classes.map((name) => {
    const hits = all.filter((it) => it.is === name && it.said === name).length;
    const both = all.filter((it) => it.is === name).length + all.filter((it) => it.said === name).length;
    return both === 0 ? 0 : (2 * hits) / both;
  });
  return scores.length === 0 ? 0 : round(scores.reduce((sum, it) => sum + it, 0) / scores.length);
}

/** Cohen's kappa: 0 is what chance would agree in, 1 is always. */
export function kappa(all: readonly Guess[]): number {
  const share = (key: keyof Guess, name: string) => all.filter((it) => it[key] === name).length / all.length;
  const chance = [...new Set(all.map((it) => it.is))].reduce(
    (sum, name) => sum + share('is', name) * share('said', name),
    0,
  );
  const agreed = all.filter((it) => it.is === it.said).length / all.length;
  return all.length === 0 || chance === 1 ? 0 : round((agreed - chance) / (1 - chance));
}

/** Wilson's interval of 95 % for the accuracy. */
export function interval(all: readonly Guess[]): readonly [low: number, high: number] {
  const n = all.length;
  if (n === 0) return [0, 1];
  const z = 1.96;
  const p = all.filter((it) => it.is === it.said).length / n;
  const middle = p + z ** 2 / (2 * n);
  const spread = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  return [round((middle - spread) / (1 + z ** 2 / n)), round((middle + spread) / (1 + z ** 2 / n))];
}

export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
