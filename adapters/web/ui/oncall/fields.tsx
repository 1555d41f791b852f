import { useId, type ReactNode } from 'react';

import type { ApiError } from '../net/api.ts';

/** What is wrong with which field, in the server's words. */
export type Faults = ApiError['fields'];

/** What is wrong with one field, or with what is in it: `layers.1.people` is also `layers.1.people.2`. */
export function faultOf(faults: Faults, field: string): string {
  const own = faults.filter((it) => it.field === field || it.field.startsWith(`${field}.`));
  return own.map(({ message }) => message).join(' ');
}

interface Tied {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

/** A question with its help and what is wrong with the answer, tied together for screen readers. */
export function Labelled(props: {
  readonly label: string;
  readonly help?: string;
  readonly error: string;
  readonly isOptional?: boolean;
  /** Draws the input, with what ties it to its words. */
  readonly children: (tied: Tied) => ReactNode;
}) {
  const { label, help = '', error, isOptional = false, children } = props;
  const id = useId();
  const described = [help === '' ? '' : `${id}-help`, error === '' ? '' : `${id}-error`].join(' ').trim();
  return (
    <div className={error === '' ? 'field' : 'field field-wrong'}>
      <label htmlFor={id}>
        {label}
        {isOptional && <span className="field-optional"> (optional)</span>}
      </label>
      {help !== '' && (
        <p id={`${id}-help`} className="field-help">
          {help}
        </p>
      )}
      {children({
        id,
        'aria-invalid': error !== '',
        'aria-describedby': described === '' ? undefined : described,
      })}
      {error !== '' && (
        <p id={`${id}-error`} className="field-error">
          {error}
        </p>
      )}
    </div>
  );
}

/** Somebody of everybody, or nobody. */
export function PickPerson(props: {
  readonly tied: Tied;
  readonly value: string;
  readonly people: readonly { readonly id: string; readonly name: string }[];
  readonly nobody: string;
  readonly isFirst?: boolean;
  readonly onChange: (person: string) => void;
}) {
  const { tied, value, people, nobody, isFirst = false, onChange } = props;
  return (
    <select
      {...tied}
      value={value}
      data-first={isFirst || undefined}
      onChange={(event) => onChange(event.target.value)}
    >
      <option value="">{nobody}</option>
      {people.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
