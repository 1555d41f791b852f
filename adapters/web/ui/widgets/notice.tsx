import { useEffect } from 'react';

import { useApp, useKnown } from '../context.ts';

/** One sentence at the edge, for as long as it takes to read. */
export function Notice() {
  const app = useApp();
  const notice = useKnown((state) => state.notice);
  useEffect(() => {
    if (!notice) return undefined;
    const timer = setTimeout(() => app.store.set({ notice: null }), 3500 + notice.text.length * 40);
    return () => clearTimeout(timer);
  }, [app, notice]);
  return (
    <div className="notices" role="status">
      {notice && (
        <p key={notice.id} className="notice">
          {notice.text}
        </p>
      )}
    </div>
  );
}
