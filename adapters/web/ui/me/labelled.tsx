import { useId, type ReactNode } from 'react';

/** What an input is to be given, so that its name and what is wrong with it are read out with it. */
interface Ties {
  readonly id: string;
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

/** An input under its name, and over what is wrong with it. */
export function Labelled({
  label,
  fault,
  children,
}: {
  readonly label: string;
  readonly fault: string | undefined;
  readonly children: (ties: Ties) => ReactNode;
}) {
  const id = useId();
  const isWrong = fault !== undefined;
  return (
    <div className={isWrong ? 'field field-wrong' : 'field'}>
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-invalid': isWrong, 'aria-describedby': isWrong ? `${id}-fault` : undefined })}
      {isWrong && (
        <p id={`${id}-fault`} className="field-error">
          {fault}
        </p>
      )}
    </div>
  );
}
