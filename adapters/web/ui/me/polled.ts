import { useCallback, useEffect, useState } from 'react';

import { quietly } from '../actions/attempt.ts';
import { now } from '../clock.ts';
import { useApp, useKnown } from '../context.ts';
import type { ReceiptView } from './views.ts';
import { isMoving } from './words.ts';

/** While something may still happen to a page by itself, and when nothing does, in milliseconds. */
const SOON = 1500;
const LATER = 30_000;

/**
 * Receipts, asked for again as long as they are there: often while something moves and they are
 * `watched`, and at once when `mark` changes. Undefined until the first answer.
 */
export function useReceipts(
  path: string,
  { mark = '', watched = true }: { readonly mark?: string; readonly watched?: boolean } = {},
): { readonly pages: readonly ReceiptView[] | undefined; readonly again: () => void } {
  const app = useApp();
  const [pages, setPages] = useState<readonly ReceiptView[]>();
  const [turn, setTurn] = useState(0);
  const isLive = useKnown(({ link }) => link === 'live');
  const again = useCallback(() => setTurn((it) => it + 1), []);
  useEffect(() => {
    const state = { gone: false };
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function look(): Promise<void> {
      const found = await quietly(app, app.api.get<readonly ReceiptView[]>(path));
      if (state.gone) return;
      if (found) setPages(found);
      const moves = found?.some((it) => isMoving(it, now())) === true;
      timer = setTimeout(() => void look(), moves && watched && !document.hidden ? SOON : LATER);
    }
    void look();
    return () => {
      state.gone = true;
      clearTimeout(timer);
    };
  }, [app, path, mark, watched, turn, isLive]);
  return { pages, again };
}
