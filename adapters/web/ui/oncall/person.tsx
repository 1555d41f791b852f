import { useNames } from '../context.ts';
import { Avatar } from '../widgets/avatar.tsx';
import { nameIn } from './words.ts';

/** A person's face and name. */
export function Person({ id, size = 22 }: { readonly id: string; readonly size?: number }) {
  const { of } = useNames();
  const name = nameIn(of, id);
  return (
    <span className="oncall-person">
      <Avatar person={{ id, name }} size={size} />
      <span>{name}</span>
    </span>
  );
}

/** What somebody has to know and do, with a sign that is not only a colour. */
export function Warning({ children }: { readonly children: React.ReactNode }) {
  return (
    <p className="oncall-warning">
      <strong aria-hidden="true">!</strong>
      <span>{children}</span>
    </p>
  );
}

/** What stands there while there is no answer yet, or none at all. */
export function Waiting({ error }: { readonly error: string }) {
  if (error === '') return <p role="status">Loading…</p>;
  return (
    <p className="form-refusal" role="alert">
      {error}
    </p>
  );
}
