import type { PersonView } from '#adapters/web/protocol.ts';

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
  const { me, actAs: allowed, people } = session.view;
  const items: MenuItem[] = people.map(({ id, name, role }) => ({
    value: id,
    label: name,
    hint: role,
    checked: id === me.id,
  }));
  if (app.as !== null) {
    items.unshift({ value: MYSELF, label: 'Stop acting as somebody else', checked: false });
  }
  return (
    <div className="you">
      {allowed ? (
        <Menu
          label="Act as"
          named
          title="Act as somebody else in this tab"
          className="you-who"
          items={items}
          onPick={(person) => void actAs(app, person === MYSELF ? null : person)}
        >
          <Who me={me} hint={app.as === null ? 'Act as…' : `Acting as ${me.role}`} />
          <Icon name="chevron" size={14} />
        </Menu>
      ) : (
        <div className="you-who">
          <Who me={me} hint={me.role} />
        </div>
      )}
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
