/** A job that Redis handed to this process, and that waits to be claimed. */
export interface Given {
  readonly id: string;
  readonly name: string;
  /** Its slot is free again. */
  readonly free: () => void;
}

/** As many of each class as there are slots, in the order in which they came. */
export function fitting(given: readonly Given[], free: Map<string, number>): Given[] {
  return given.filter(({ name }) => {
    const left = free.get(name) ?? 0;
    free.set(name, left - 1);
    return left > 0;
  });
}
