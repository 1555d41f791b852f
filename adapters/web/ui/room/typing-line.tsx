import { useKnown, useNames } from '../context.ts';

/** Who is writing right now. Its place is kept free, so that nothing jumps. */
export function TypingLine({ room }: { readonly room: string }) {
  const { me, of } = useNames();
  const typing = useKnown((state) => state.typing);
  const names = typing
    .filter((it) => it.room === room && it.person !== me)
    .map(({ person }) => of.get(person) ?? person);
  return <p className="typing">{sentence(names)}</p>;
}

function sentence(names: readonly string[]): string {
  if (names.length === 0) return '';
  if (names.length === 1) return `${names[0]} is writing…`;
  if (names.length === 2) return `${names[0]} and ${names[1]} are writing…`;
  return `${names[0]} and ${names.length - 1} others are writing…`;
}
