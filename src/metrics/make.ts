import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Makes families of figures that all stand in one registry. */
export type Make = ReturnType<typeof makeIn>;

export function makeIn(registry: Registry) {
  const registers = [registry];
  return {
    counter: <T extends string>(name: string, help: string, ...labelNames: readonly T[]) =>
      new Counter({ name, help, labelNames, registers }),
    gauge: <T extends string>(name: string, help: string, ...labelNames: readonly T[]) =>
      new Gauge({ name, help, labelNames, registers }),
    histogram: <T extends string>(
      name: string,
      help: string,
      buckets: readonly number[],
      ...labelNames: readonly T[]
    ) => new Histogram({ name, help, labelNames, buckets: [...buckets], registers }),
  };
}

/** Seconds of what should take milliseconds. */
export const QUICK = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** Seconds of what goes over the network. */
export const SLOW = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30];
