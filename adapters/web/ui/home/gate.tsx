import type { Session } from '../state/state.ts';
import { Mark } from '../widgets/avatar.tsx';

/** What stands there before somebody is signed in. */
export function Gate({
  session,
  again,
}: {
  readonly session: Exclude<Session, { type: 'in' }>;
  readonly again: () => void;
}) {
  return (
    <main className="gate">
      <div className="gate-box">
        <span className="brand-mark gate-mark">
          <Mark size={28} />
        </span>
        {session.type === 'loading' && <p role="status">Loading…</p>}
        {session.type === 'signed out' && <SignedOut again={again} />}
        {session.type === 'failed' && (
          <>
            <h1>The server cannot be reached</h1>
            <p role="alert">{session.reason}</p>
            <button type="button" className="button button-primary" onClick={again}>
              Try again
            </button>
          </>
        )}
      </div>
    </main>
  );
}

function SignedOut({ again }: { readonly again: () => void }) {
  return (
    <>
      <h1>You are not signed in</h1>
      <p>
        People come in here by a personal sign-in link. An admin of this server makes one for you and sends it
        to you; open it in this browser and you are in.
      </p>
      <p>Had a link before? Each works once and for a limited time. Ask the admin for a new one.</p>
      <button type="button" className="button button-primary" onClick={again}>
        I am signed in now
      </button>
    </>
  );
}
