import { useApp, useKnown } from '../context.ts';
import { Confirm } from './confirm.tsx';
import { FormDialog } from './form.tsx';
import { Help } from './help.tsx';
import { Invite } from './invite.tsx';
import { RoomPeople } from './people.tsx';
import { Search } from './search.tsx';

/** The dialog that is open, if any. */
export function Dialogs() {
  const app = useApp();
  const dialog = useKnown((state) => state.dialog);
  const isOpen = () => app.store.get().dialog === dialog;
  // What is closed late must not close what was opened meanwhile.
  const close = () => isOpen() && app.store.set({ dialog: null });
  if (dialog === null) return null;
  switch (dialog.type) {
    case 'form':
      return <FormDialog key={dialog.id} {...dialog} isOpen={isOpen} onClose={close} />;
    case 'confirm':
      return <Confirm {...dialog} onClose={close} />;
    case 'search':
      return <Search onClose={close} />;
    case 'help':
      return <Help onClose={close} />;
    case 'invite':
      return <Invite onClose={close} />;
    case 'people':
      return <RoomPeople room={dialog.room} onClose={close} />;
  }
}
