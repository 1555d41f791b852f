/** Measured over so long, so that a moment of work is no reason. */
const SPAN_MS = 1000;
/** Beyond this share of the time this thread has no time left; below the other it has again. */
const BUSY = 0.95;
const AT_EASE = 0.8;
/** Of each destination outside so many go on beside each other all the same. */
const LEAST = 3;

/** How many jobs of a destination may run side by side, of those that may where there is time. */
export type Ease = (atOnce: number) => number;

/**
 * While this process has more to do than it can, what is done for rooms and cards is done by a few at a time: of
 * everything that is under way at once each part waits for all others, and a page must not. `used`: the share of the
 * time since it was asked for the last time in which this thread worked, from 0 to 1; `now` in ms, from any moment on.
 */
export function easing(
  used: () => number = usedOfThread(),
  now: () => number = () => performance.now(),
): Ease {
  let isBusy = false;
  let askedAt = now();
  return (atOnce) => {
    if (now() - askedAt >= SPAN_MS) {
      askedAt = now();
      isBusy = used() > (isBusy ? AT_EASE : BUSY);
    }
    return isBusy ? Math.min(atOnce, LEAST) : atOnce;
  };
}

function usedOfThread(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const at = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(at, before);
    before = at;
    return utilization;
  };
}
