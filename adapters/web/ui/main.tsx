import { createRoot } from 'react-dom/client';

import { start, stop } from './actions/session.ts';
import { makeApp, type App } from './app.ts';
import { AppContext } from './context.ts';
import { Page } from './page.tsx';

/** The demo person this tab acts as. Another tab may act as somebody else. */
const ACT_AS = 'act-as';

const element = document.getElementById('page');
if (!element) throw new Error('index.html has lost its #page');
const root = createRoot(element);
let current: App | null = null;
let visits = 0;

function visit(as: string | null): void {
  if (current) stop(current);
  visits += 1;
  current = makeApp(as, (person) => {
    if (person === null) sessionStorage.removeItem(ACT_AS);
    else sessionStorage.setItem(ACT_AS, person);
    visit(person);
  });
  root.render(
    <AppContext key={visits} value={current}>
      <Page />
    </AppContext>,
  );
  void start(current);
}

visit(sessionStorage.getItem(ACT_AS));
