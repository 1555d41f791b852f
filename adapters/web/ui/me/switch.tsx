/** On or off, at once. */
export function Switch(props: {
  readonly label: string;
  readonly on: boolean;
  readonly busy?: boolean;
  readonly onChange: (on: boolean) => void;
}) {
  const { label, on, busy = false, onChange } = props;
  return (
    <button
      type="button"
      role="switch"
      className="switch"
      aria-checked={on}
      aria-label={label}
      aria-busy={busy}
      onClick={() => !busy && onChange(!on)}
    >
      <span className="switch-knob" />
    </button>
  );
}
