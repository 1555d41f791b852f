const SECOND = 1000;
const HOUR = 3_600_000;

/** What a policy may ask for. Shorter windows page faster than people can answer; longer ones are no escalation. */
export const LIMITS = {
  levels: 20,
  targets: 50,
  acks: 20,
  repeats: 20,
  fallbacks: 5,
  ackWindowMs: { from: 30 * SECOND, to: 24 * HOUR },
  resumeMs: { from: 60 * SECOND, to: 7 * 24 * HOUR },
  unackMs: { from: 60 * SECOND, to: 7 * 24 * HOUR },
  snoozeMs: 7 * 24 * HOUR,
} as const;
