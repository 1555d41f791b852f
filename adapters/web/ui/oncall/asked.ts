import { useCallback, useEffect, useState } from 'react';

import { attempt } from '../actions/attempt.ts';
import { useNow } from '../clock.ts';
import { useApp, useKnown } from '../context.ts';
import { ApiError, explain } from '../net/api.ts';

/** What the server answered, as long as it is looked at. */
export interface Asked<T> {
  /** Undefined until the first answer is there. */
  readonly data: T | undefined;
  /** Why there is no answer; empty where there is one. */
  readonly error: string;
  /** Asks again now. */
  readonly again: () => void;
  /** Takes what a change answered, and asks again: answers of two changes can overtake each other. */
  readonly told: (data: T) => void;
}

const MINUTE = 60_000;

/** Asks when it is first drawn, every minute, after a lost connection, and when told to. What was known stays meanwhile. */
export function useAsked<T>(path: string): Asked<T> {
  const app = useApp();
  const [answer, setAnswer] = useState<{ readonly path: string; readonly data: T }>();
  const [error, setError] = useState('');
  const [turn, setTurn] = useState(0);
  const beat = useNow(MINUTE);
  const isLive = useKnown(({ link }) => link === 'live');
  useEffect(() => {
    const gone = new AbortController();
    void ask();
    async function ask(): Promise<void> {
      try {
        const data = await app.api.get<T>(path, gone.signal);
        if (gone.signal.aborted) return;
        setAnswer({ path, data });
        setError('');
      } catch (thrown) {
        if (gone.signal.aborted) return;
        setError(explain(thrown));
        // Somebody who is no longer signed in is told by the whole page.
        if (thrown instanceof ApiError && thrown.status === 401) void attempt(app, Promise.reject(thrown));
      }
    }
    return () => gone.abort();
  }, [app, path, turn, beat, isLive]);
  const again = useCallback(() => setTurn((it) => it + 1), []);
  const told = useCallback(
    (data: T) => {
      setAnswer({ path, data });
      again();
    },
    [path, again],
  );
  const isSame = answer?.path === path;
  return { data: isSame ? answer.data : undefined, error, again, told };
}
