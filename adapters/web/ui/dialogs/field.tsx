import { useId } from 'react';

import type { FormField } from '#adapters/web/protocol.ts';

import { useKnown } from '../context.ts';
import { peopleOf } from '../state/state.ts';

interface Props {
  readonly field: FormField;
  readonly value: string;
  readonly error: string;
  /** Gets the focus when the form opens. */
  readonly first: boolean;
  readonly onChange: (value: string) => void;
}

/** One question: its label, help, input and what is wrong with the answer, tied together for screen readers. */
export function Field(props: Props) {
  const { field, error } = props;
  const id = useId();
  const described = [field.help === '' ? '' : `${id}-help`, error === '' ? '' : `${id}-error`]
    .join(' ')
    .trim();
  return (
    <div className={error === '' ? 'field' : 'field field-wrong'}>
      <label htmlFor={id}>
        {field.label}
        {!field.required && <span className="field-optional"> (optional)</span>}
      </label>
      {field.help !== '' && (
        <p id={`${id}-help`} className="field-help">
          {field.help}
        </p>
      )}
      <Input {...props} id={id} described={described} />
      {error !== '' && (
        <p id={`${id}-error`} className="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

function Input(props: Props & { readonly id: string; readonly described: string }) {
  const { field, value, error, first, onChange, id, described } = props;
  const common = {
    id,
    value,
    name: field.name,
    'data-first': first || undefined,
    required: field.required,
    'aria-invalid': error !== '',
    'aria-describedby': described === '' ? undefined : described,
    onChange: (event: { readonly target: { readonly value: string } }) => onChange(event.target.value),
  };
  const options = useOptions(field);
  if (field.kind === 'paragraph') return <textarea {...common} rows={4} />;
  if (options.length > 0) return <Choices common={common} options={options} required={field.required} />;
  if (field.kind !== 'when' && field.kind !== 'duration') {
    return <input {...common} type="text" autoComplete="off" />;
  }
  return (
    <>
      <input
        {...common}
        type="text"
        autoComplete="off"
        placeholder={field.kind === 'when' ? '14:45, or in 30m' : '30m, 2h, 1d'}
      />
      <div className="field-quick">
        {QUICK[field.kind].map((quick) => (
          <button
            key={quick}
            type="button"
            className="button button-small button-plain"
            onClick={() => onChange(quick)}
          >
            {quick}
          </button>
        ))}
      </div>
    </>
  );
}

const QUICK = {
  when: ['in 15m', 'in 30m', 'in 1h'],
  duration: ['15m', '30m', '1h', '4h'],
} as const;

type Common = React.ComponentProps<'select'> & { readonly value: string };

function Choices(props: {
  readonly common: Common;
  readonly options: FormField['choices'];
  readonly required: boolean;
}) {
  const { common, options, required } = props;
  const known = options.some(({ value }) => value === common.value);
  return (
    <select {...common}>
      {(!required || !known) && <option value="">{required ? 'Choose…' : 'None'}</option>}
      {options.map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

/** A person is picked from everybody when the form does not say whom it means. */
function useOptions(field: FormField): FormField['choices'] {
  const people = useKnown(peopleOf);
  if (field.choices.length > 0 || field.kind !== 'person') return field.choices;
  return people.map(({ id, name }) => ({ value: id, label: name }));
}
