import { useState, type SubmitEvent } from 'react';

import { addPerson, makeSignInLink, type NewPerson } from '../actions/people.ts';
import { useApp, useKnown } from '../context.ts';
import { explain } from '../net/api.ts';
import { peopleOf } from '../state/state.ts';
import { CopyLine } from '../widgets/copy-line.tsx';
import { Dialog } from '../widgets/dialog.tsx';

/** For admins: adds people, and makes the links by which they sign in. */
export function Invite({ onClose }: { readonly onClose: () => void }) {
  const signsIn = useKnown(({ session }) => session.type === 'in' && !session.view.actAs);
  return (
    <Dialog title="People" onClose={onClose}>
      <AddPerson />
      {signsIn && <Links />}
    </Dialog>
  );
}

function AddPerson() {
  const app = useApp();
  const [told, setTold] = useState<{ readonly text: string; readonly wrong: boolean } | null>(null);
  async function add(event: SubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = event.currentTarget;
    const said = new FormData(form);
    const word = (name: string) => {
      const value = said.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    try {
      await addPerson(app, { id: word('id'), name: word('name'), role: word('role') as NewPerson['role'] });
      form.reset();
      setTold({ text: `${word('name')} was added.`, wrong: false });
    } catch (error) {
      setTold({ text: explain(error), wrong: true });
    }
  }
  return (
    <form className="form" onSubmit={(event) => void add(event)}>
      <h3>Add a person</h3>
      <div className="form-row">
        <label className="field">
          Name
          <input name="name" required data-first autoComplete="off" />
        </label>
        <label className="field">
          Short name
          <input name="id" required autoComplete="off" autoCapitalize="none" />
        </label>
        <label className="field">
          Role
          <select name="role" defaultValue="responder">
            <option value="responder">Responder</option>
            <option value="viewer">Viewer</option>
            <option value="admin">Admin</option>
          </select>
        </label>
      </div>
      {told && (
        <p className={told.wrong ? 'form-refusal' : 'form-done'} role={told.wrong ? 'alert' : 'status'}>
          {told.text}
        </p>
      )}
      <div className="dialog-tools">
        <button type="submit" className="button button-primary">
          Add
        </button>
      </div>
    </form>
  );
}

function Links() {
  const app = useApp();
  const people = useKnown(peopleOf);
  const [made, setMade] = useState<{ readonly person: string; readonly url: string } | null>(null);
  async function make(person: string): Promise<void> {
    const url = await makeSignInLink(app, person);
    if (url !== undefined) setMade({ person, url });
  }
  return (
    <section className="links">
      <h3>Sign-in links</h3>
      <p className="field-help">A link works once, for a day. Send it to nobody but the person it is for.</p>
      <ul>
        {people.map(({ id, name }) => (
          <li key={id}>
            <span>{name}</span>
            <button
              type="button"
              className="button button-plain button-small"
              aria-label={`Make a link for ${name}`}
              onClick={() => void make(id)}
            >
              Make a link
            </button>
            {made?.person === id && <CopyLine line={made.url} label={`Sign-in link for ${name}`} />}
          </li>
        ))}
      </ul>
    </section>
  );
}
