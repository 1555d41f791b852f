import { beginSpan, type OpenSpan } from '#src/telemetry/trace.ts';

/**
 * That something was handed to the queue, told in each of the traces that it came of. One transaction
 * hands over what came of many.
 */
export class RelaySpans {
  readonly #spans = new Map<string, OpenSpan>();

  /** The same, each as what follows from its being handed over. */
  follow<T extends { readonly trace?: string | null }>(all: readonly T[], about: (it: T) => string): T[] {
    return all.map((it) => {
      if (it.trace === undefined || it.trace === null) return it;
      const { trace } = it;
      const span =
        this.#spans.get(trace) ??
        beginSpan('relay', { kind: 'consumer', from: trace, attributes: { of: about(it) } });
      this.#spans.set(trace, span);
      return { ...it, trace: span.id ?? trace };
    });
  }

  /** Ends them with what hands it over. */
  async around<T>(handing: Promise<T>): Promise<T> {
    try {
      const done = await handing;
      this.#end();
      return done;
    } catch (error) {
      this.#end(error);
      throw error;
    }
  }

  #end(error?: unknown): void {
    for (const span of this.#spans.values()) span.end(error);
  }
}
