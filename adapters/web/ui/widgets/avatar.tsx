import type { PersonView } from '#adapters/web/protocol.ts';

/** A person as initials on a colour of their own; the bot as the product's mark. */
export function Avatar({
  person,
  size = 32,
}: {
  readonly person: Pick<PersonView, 'id' | 'name'> | null;
  readonly size?: number;
}) {
  const style = { width: size, height: size, fontSize: Math.round(size * 0.4) };
  if (person === null) {
    return (
      <span className="avatar avatar-bot" style={style} aria-hidden="true">
        <Mark size={Math.round(size * 0.62)} />
      </span>
    );
  }
  return (
    <span className={`avatar avatar-${hueOf(person.id)}`} style={style} aria-hidden="true">
      {initials(person.name)}
    </span>
  );
}

/** The product's mark: a pulse. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg viewBox="0 0 24 24" width={size} height={size} fill="none" aria-hidden="true" focusable="false">
      <path
        d="M2.5 13h4.2l2.5-7 4.7 13 2.6-6h5"
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** A dot that says in words too whether somebody is there. */
export function Presence({ online }: { readonly online: boolean }) {
  return (
    <span className={online ? 'presence presence-on' : 'presence'}>
      <span className="unseen">{online ? 'online' : 'away'}</span>
    </span>
  );
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters
    .map((word) => /^./u.exec(word ?? '')?.[0] ?? '')
    .join('')
    .toUpperCase();
}

/** One of six, the same for the same person everywhere. */
function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return sum % 6;
}
