import { RoomsButton } from '../room/header.tsx';
import { Go } from './go.tsx';
import { Now } from './now.tsx';
import { viewAt, type View } from './paths.ts';
import { Policies, Policy } from './policies.tsx';
import { Schedule } from './schedule.tsx';

/** Who is on call now, the calendar of a schedule, and the policies. */
export function OnCall({ path }: { readonly path: string }) {
  const view = viewAt(path);
  return (
    <div className="oncall">
      <header className="oncall-bar">
        <RoomsButton />
        <nav className="oncall-tabs" aria-label="On call">
          <Tab to={{ type: 'now' }} isHere={view.type === 'now' || view.type === 'schedule'}>
            Who is on call
          </Tab>
          <Tab to={{ type: 'policies' }} isHere={view.type === 'policies' || view.type === 'policy'}>
            Who is paged when
          </Tab>
        </nav>
      </header>
      {/* Whoever reads with the keyboard scrolls this. */}
      <div className="oncall-page" key={path} tabIndex={-1}>
        {view.type === 'now' && <Now />}
        {view.type === 'schedule' && <Schedule id={view.id} />}
        {view.type === 'policies' && <Policies />}
        {view.type === 'policy' && <Policy id={view.id} />}
      </div>
    </div>
  );
}

function Tab({
  to,
  isHere,
  children,
}: {
  readonly to: View;
  readonly isHere: boolean;
  readonly children: string;
}) {
  return (
    <Go to={to} className="oncall-tab" isHere={isHere}>
      {children}
    </Go>
  );
}
