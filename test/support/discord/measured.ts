/** What the stand-in has seen of the program. */
export class Measured {
  readonly calls: { readonly method: string; readonly at: number; status: number; readonly body: unknown }[] =
    [];
  readonly refused: string[] = [];
  readonly tooMany: string[] = [];
  readonly acknowledged: number[] = [];
  /** Where the stand-in itself is wrong. A test that ends with one of these is worth nothing. */
  readonly broken: string[] = [];

  /** The call, whose status is written into it when it is answered. */
  called(method: string, body: unknown): { status: number } {
    const call = { method, at: performance.timeOrigin + performance.now(), status: 0, body };
    this.calls.push(call);
    return call;
  }

  refuse(why: string): void {
    this.refused.push(why);
  }

  exceeded(bucket: string): void {
    this.tooMany.push(bucket);
  }

  broke(error: unknown): void {
    this.broken.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}
