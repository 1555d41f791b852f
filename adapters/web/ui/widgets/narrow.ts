import { useSyncExternalStore } from 'react';

const SIDE = '(max-width: 1099px)';
const ROOMS = '(max-width: 759px)';

/** `some`: the incident is a drawer; `very`: the rooms are one too. */
export function useNarrow(): 'no' | 'some' | 'very' {
  return useSyncExternalStore(listen, narrowness);
}

export function narrowness(): 'no' | 'some' | 'very' {
  if (matchMedia(ROOMS).matches) return 'very';
  return matchMedia(SIDE).matches ? 'some' : 'no';
}

function listen(listener: () => void): () => void {
  const queries = [matchMedia(SIDE), matchMedia(ROOMS)];
  for (const query of queries) query.addEventListener('change', listener);
  return () => {
    for (const query of queries) query.removeEventListener('change', listener);
  };
}
