import { useLayoutEffect, useRef, useState } from 'react';

import type { Answer, Form, MessageView } from '#adapters/web/protocol.ts';

import { notice } from '../actions/attempt.ts';
import { mayBeDone, submit } from '../actions/messages.ts';
import { take } from '../actions/sending.ts';
import { useApp } from '../context.ts';
import { explain } from '../net/api.ts';
import { newId } from '../net/ids.ts';
import { Dialog } from '../widgets/dialog.tsx';
import { textOf } from '../words/plain.ts';
import { Field } from './field.tsx';
import { errorsOf, filled, missing, valuesOf } from './form-values.ts';

interface Props {
  readonly form: Form;
  readonly room: string | null;
  /** What follows when it is done. */
  readonly after: ((answered: MessageView) => void) | null;
  /** Not closed, and nothing else in its place. */
  readonly isOpen: () => boolean;
  readonly onClose: () => void;
}

/** Asks for what a command still needs. What the server does not like is said at its field, and nothing is lost. */
export function FormDialog(props: Props) {
  const { form, values, errors, refusal, busy, element, write, run } = useFilling(props);
  return (
    <Dialog title={form.title} onClose={props.onClose}>
      <form
        ref={element}
        className="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void run();
        }}
      >
        {refusal !== '' && (
          <p className="form-refusal" role="alert">
            {refusal}
          </p>
        )}
        {form.fields.map((field, index) => (
          <Field
            key={field.name}
            field={field}
            value={values[field.name] ?? ''}
            error={errors[field.name] ?? ''}
            first={index === 0}
            onChange={(value) => write(field.name, value)}
          />
        ))}
        <div className="dialog-tools">
          <button type="button" className="button button-plain" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" aria-disabled={busy} aria-busy={busy}>
            {form.submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function useFilling({ form: first, room, after, isOpen, onClose }: Props) {
  const app = useApp();
  const sendOff = useSending(room);
  const [form, setForm] = useState(first);
  const [values, setValues] = useState(() => valuesOf(first));
  const [errors, setErrors] = useState(() => errorsOf(first));
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  useLayoutEffect(() => {
    // The dialog itself sees to the first one.
    if (form === first) return;
    const find = (which: string) => element.current?.querySelector<HTMLElement>(which);
    (find('[aria-invalid="true"]') ?? find('[data-first]'))?.focus();
  }, [form, first]);

  function write(name: string, value: string): void {
    setValues({ ...values, [name]: value });
    setErrors({ ...errors, [name]: '' });
  }
  /** Says what is wrong, and leads to the first of it. */
  function complain(found: Record<string, string>): void {
    setErrors(found);
    const name = form.fields.find((field) => (found[field.name] ?? '') !== '')?.name ?? '';
    element.current?.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`)?.focus();
  }
  function answered(answer: Answer): void {
    if (!isOpen()) {
      notice(app, outcome(answer));
      if (answer.type === 'posted') take(app, answer, room);
      return;
    }
    if (answer.type === 'form') {
      setForm(answer.form);
      setValues({ ...values, ...valuesOf(answer.form) });
      setErrors(errorsOf(answer.form));
      return;
    }
    onClose();
    take(app, answer, room);
    after?.(answer.message);
  }
  async function run(): Promise<void> {
    const lacking = missing(form, values);
    if (Object.keys(lacking).length > 0) {
      complain(lacking);
      return;
    }
    setBusy(true);
    setRefusal('');
    try {
      answered(await sendOff(form, values));
    } catch (error) {
      if (isOpen()) setRefusal(explain(error));
      else notice(app, explain(error));
    }
    setBusy(false);
  }
  return { form, values, errors, refusal, busy, element, write, run };
}

/** What came of it, for somebody who has closed the form meanwhile. */
function outcome(answer: Answer): string {
  if (answer.type === 'posted') return textOf(answer.message.body, new Map());
  const [wrong] = Object.values(errorsOf(answer.form)).filter((it) => it !== '');
  return `${answer.form.title}: ${wrong ?? 'nothing was done, since more is needed for it.'}`;
}

/** Sends what is filled in. As long as no answer comes, the same goes under the same id, and is done once. */
function useSending(room: string | null) {
  const app = useApp();
  const lost = useRef<{ readonly id: string; readonly values: object } | null>(null);
  return async ({ command, known }: Form, values: Readonly<Record<string, string>>): Promise<Answer> => {
    const id = lost.current?.values === values ? lost.current.id : newId();
    try {
      return await submit(app, { id, room, command, args: { ...known, ...filled(values) } });
    } catch (error) {
      lost.current = mayBeDone(error) ? { id, values } : null;
      throw error;
    }
  };
}
