import { useState, type ReactNode, type SubmitEvent } from 'react';

import { attempt, notice } from '../actions/attempt.ts';
import { useApp } from '../context.ts';
import { explain } from '../net/api.ts';
import { Icon } from '../widgets/icon.tsx';
import { Labelled } from './labelled.tsx';
import { Switch } from './switch.tsx';
import type { ContactView, OwnView } from './views.ts';

interface Props {
  readonly own: OwnView;
  readonly onChange: (own: OwnView) => void;
}

/** What an address of a kind looks like. */
const KINDS: Readonly<Record<string, { readonly title: string; readonly hint: string }>> = {
  email: { title: 'E-mail', hint: 'you@example.com' },
  sms: { title: 'Text message', hint: '+43 660 1234567' },
  voice: { title: 'Phone call', hint: '+43 660 1234567' },
  ntfy: { title: 'ntfy', hint: 'The name of your topic' },
  pagerduty: { title: 'PagerDuty', hint: 'The integration key of your service' },
  opsgenie: { title: 'Opsgenie', hint: 'user:you@example.com' },
  webhook: { title: 'Webhook', hint: 'https://example.com/hook' },
};

/** The reader's ways to be told: added, proved, put in order, switched off, removed. */
export function Contacts({ own, onChange, children }: Props & { readonly children: ReactNode }) {
  const [first, ...others] = own.contacts.filter(({ entered }) => entered);
  return (
    <section className="me-card" aria-labelledby="contacts-title">
      <h2 id="contacts-title">My contacts</h2>
      <ul className="contacts">
        {own.contacts.map((it, index) => (
          <Contact
            key={it.id}
            contact={it}
            own={own}
            onChange={onChange}
            above={first && others.includes(it) ? own.contacts[index - 1] : undefined}
          />
        ))}
      </ul>
      {children}
      <AddContact own={own} onChange={onChange} />
    </section>
  );
}

function Contact(props: Props & { readonly contact: ContactView; readonly above: ContactView | undefined }) {
  const { contact, onChange } = props;
  const { kind, label } = contact;
  const title = KINDS[kind]?.title ?? (kind === 'chat' ? 'Chat' : 'Browser');
  return (
    <li className="contact">
      <div className="contact-what">
        <strong>{title}</strong> <span className="contact-label">{label}</span>
        <small>{stateOf(contact)}</small>
      </div>
      {contact.entered && <Tools {...props} name={`${title} ${label}`.trim()} />}
      {contact.waits_for_code && <Prove contact={contact} onChange={onChange} />}
    </li>
  );
}

function Tools(
  props: Props & {
    readonly contact: ContactView;
    readonly above: ContactView | undefined;
    readonly name: string;
  },
) {
  const { contact, own, onChange, above, name } = props;
  const app = useApp();
  const { id, enabled, problem, waits_for_code: waits } = contact;
  const path = `/api/v1/me/contacts/${encodeURIComponent(id)}`;
  async function take(work: Promise<OwnView>): Promise<void> {
    const changed = await attempt(app, work);
    if (changed) onChange(changed);
  }
  function remove(): void {
    const run = () => void take(app.api.remove<OwnView>(path));
    const question = `Remove ${name}? Steps of your rules that use it go with it.`;
    app.store.set({ dialog: { type: 'confirm', question, yes: 'Remove', danger: true, run } });
  }
  return (
    <div className="contact-tools">
      {above && (
        <button
          type="button"
          className="button-icon"
          aria-label={`Put ${name} before ${above.label}`}
          title="Move up"
          onClick={() =>
            void take(app.api.post<OwnView>('/api/v1/me/contacts/order', { ids: movedUp(id, own) }))
          }
        >
          <Icon name="level" />
        </button>
      )}
      {!waits && (problem === null || !enabled) && (
        <Switch
          label={`Use ${name}`}
          on={enabled}
          onChange={(on) => void take(app.api.patch<OwnView>(path, { enabled: on }))}
        />
      )}
      <button
        type="button"
        className="button-icon"
        aria-label={`Remove ${name}`}
        title="Remove"
        onClick={remove}
      >
        <Icon name="trash" />
      </button>
    </div>
  );
}

/** The ids of what was entered, with this one a place earlier. */
function movedUp(id: string, { contacts }: OwnView): string[] {
  const ids = contacts.filter(({ entered }) => entered).map((it) => it.id);
  const at = ids.indexOf(id);
  return ids.toSpliced(at, 1).toSpliced(Math.max(0, at - 1), 0, id);
}

function stateOf({ kind, entered, enabled, problem, ...it }: ContactView): string {
  const { verified_at: verified, waits_for_code: waits } = it;
  if (kind === 'chat') return 'always there: every chat in which you are known';
  if (!entered) return 'your address in the directory';
  if (!enabled) return 'switched off';
  if (waits) return 'not used before you type in its code';
  return problem ?? (verified === null ? 'in use' : 'in use, and proved to be yours');
}

/** The code that was sent there, typed in; and the way to another one. */
function Prove({ contact, onChange }: Pick<Props, 'onChange'> & { readonly contact: ContactView }) {
  const app = useApp();
  const [wrong, setWrong] = useState('');
  const [busy, setBusy] = useState(false);
  async function prove(event: SubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const code = new FormData(event.currentTarget).get('code');
    try {
      onChange(await app.api.post<OwnView>('/api/v1/me/contacts/prove', { code }));
    } catch (error) {
      setWrong(explain(error));
    }
  }
  async function again(): Promise<void> {
    // Each click would have one sent.
    if (busy) return;
    setBusy(true);
    const { kind, label: address } = contact;
    const body = { kind, address };
    const answer = await attempt(app, app.api.post<Added>('/api/v1/me/contacts', body));
    if (answer) notice(app, answer.told);
    setBusy(false);
  }
  return (
    <form className="prove" onSubmit={(event) => void prove(event)}>
      <Labelled label="The code that was sent there" fault={wrong === '' ? undefined : wrong}>
        {(ties) => (
          <input
            {...ties}
            name="code"
            required
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern=".*\d.*"
          />
        )}
      </Labelled>
      <button type="submit" className="button button-primary">
        Verify
      </button>
      <button type="button" className="button" onClick={() => void again()}>
        Send another code
      </button>
    </form>
  );
}

interface Added {
  readonly own: OwnView;
  readonly told: string;
}

function AddContact({ own, onChange }: Props) {
  const app = useApp();
  const kinds = own.kinds.filter((it) => it in KINDS);
  const [kind, setKind] = useState(kinds[0] ?? '');
  const [told, setTold] = useState<{ readonly text: string; readonly wrong: boolean }>();
  const [busy, setBusy] = useState(false);
  async function add(event: SubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    // A second click would have a second code sent.
    if (busy) return;
    setBusy(true);
    const form = event.currentTarget;
    const address = new FormData(form).get('address');
    try {
      const answer = await app.api.post<Added>('/api/v1/me/contacts', { kind, address });
      form.reset();
      setTold({ text: answer.told, wrong: false });
      onChange(answer.own);
    } catch (error) {
      setTold({ text: explain(error), wrong: true });
    }
    setBusy(false);
  }
  const missing = ['email', 'sms', 'voice'].filter((it) => !kinds.includes(it));
  return (
    <form className="add-contact" onSubmit={(event) => void add(event)}>
      <h3>Add a contact</h3>
      <div className="form-row">
        <Labelled label="By" fault={undefined}>
          {(ties) => (
            <select {...ties} value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
              {kinds.map((it) => (
                <option key={it} value={it}>
                  {KINDS[it]?.title}
                </option>
              ))}
            </select>
          )}
        </Labelled>
        <Labelled label="Where" fault={told?.wrong ? told.text : undefined}>
          {(ties) => (
            <input {...ties} name="address" required autoComplete="off" placeholder={KINDS[kind]?.hint} />
          )}
        </Labelled>
        <button type="submit" className="button button-plain" aria-disabled={busy} aria-busy={busy}>
          Add
        </button>
      </div>
      <p className="form-done" role="status">
        {told?.wrong === false && own.contacts.some((it) => it.waits_for_code) && told.text}
      </p>
      {missing.length > 0 && (
        <p className="field-help">
          Not set up on this server: {missing.map((it) => KINDS[it]?.title.toLowerCase()).join(', ')}. An
          admin can change that in its settings.
        </p>
      )}
    </form>
  );
}
