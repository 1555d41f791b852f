import type { MeView, PersonView } from '#adapters/web/protocol.ts';

import { signOut } from '../actions/people.ts';
import { actAs } from '../actions/session.ts';
import { useApp, useKnown } from '../context.ts';
import { Avatar, Presence } from '../widgets/avatar.tsx';
import { Icon } from '../widgets/icon.tsx';
import { Menu, type MenuItem } from '../widgets/menu.tsx';

/** The value of the item that ends acting. No person has this id. */
const MYSELF = ' ';

/** Who the reader is. Where it is allowed, each tab can act as somebody else, so that one person can try out two. */
export function You() {
  const app = useApp();
  const session = useKnown((state) => state.session);
  if (session.type !== 'in') return null;
  return (
    <div className="you">
      {session.view.actAs ? <ActAs view={session.view} /> : <Account me={session.view.me} />}
      <button
        type="button"
        className="button-icon"
        aria-label="Help and keys"
        title="Help and keys (?)"
        onClick={() => app.store.set({ dialog: { type: 'help' } })}
      >
        <Icon name="help" />
      </button>
    </div>
  );
}

function ActAs({ view }: { readonly view: MeView }) {
  const app = useApp();
  const items: MenuItem[] = view.people.map(({ id, name, role }) => {
    return { value: id, label: name, hint: role, checked: id === view.me.id };
  });
  if (app.as !== null) items.unshift({ value: MYSELF, label: 'Be myself again', checked: false });
  return (
    <Menu
      label="Act as"
      named
      title="Act as somebody else in this tab"
      className="you-who"
      items={items}
      onPick={(person) => void actAs(app, person === MYSELF ? null : person)}
    >
      <Who me={view.me} hint={app.as === null ? 'Act as…' : `Acting as ${view.me.role}`} />
      <Icon name="chevron" size={14} />
    </Menu>
  );
}

function Account({ me }: { readonly me: PersonView }) {
  const app = useApp();
  return (
    <Menu
      label="Account"
      named
      className="you-who"
      items={[{ value: 'out', label: 'Sign out' }]}
      onPick={() => void signOut(app)}
    >
      <Who me={me} hint={me.role} />
      <Icon name="chevron" size={14} />
    </Menu>
  );
}

function Who({ me, hint }: { readonly me: PersonView; readonly hint: string }) {
  const link = useKnown((state) => state.link);
  return (
    <>
      <span className="bar-face">
        <Avatar person={me} size={28} />
        <Presence online={link === 'live'} />
      </span>
      <span className="you-name">
        {me.name}
        <small>{hint}</small>
      </span>
    </>
  );
}
