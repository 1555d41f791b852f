import { useEffect } from 'react';

import { useApp, useKnown } from '../context.ts';

/** A bar that says so while the page is cut off, and what becomes of what is written meanwhile. */
export function Connection() {
  const app = useApp();
  const link = useKnown((state) => state.link);
  const waiting = useKnown(({ outbox }) => outbox.filter(({ state }) => state === 'waiting').length);
  useEffect(() => {
    const online = () => app.live?.hurry();
    const offline = () => app.live?.drop();
    const seen = () => document.visibilityState === 'visible' && app.live?.hurry();
    globalThis.addEventListener('online', online);
    globalThis.addEventListener('offline', offline);
    document.addEventListener('visibilitychange', seen);
    return () => {
      globalThis.removeEventListener('online', online);
      globalThis.removeEventListener('offline', offline);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [app]);
  const kept =
    waiting === 0 ? '' : ` ${waiting === 1 ? 'One message waits' : `${waiting} messages wait`} to be sent.`;
  return (
    <div className="connection" role="status">
      {link === 'down' && (
        <p>
          <span className="connection-dot" aria-hidden="true" />
          <strong>Reconnecting…</strong> What you write is kept and sent as soon as the connection is back.
          {kept}
        </p>
      )}
    </div>
  );
}
