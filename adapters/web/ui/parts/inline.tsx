import type { Inline, Text } from '#adapters/web/protocol.ts';

import { useNames } from '../context.ts';
import { Link } from './link.tsx';
import { Time } from './time.tsx';

/** Words and pieces of a message. Everything becomes text nodes; nothing is read as markup. */
export function Words({ text }: { readonly text: Text }) {
  if (typeof text === 'string') return text;
  return text.map((inline, index) => <Piece key={index} inline={inline} />);
}

function Piece({ inline }: { readonly inline: Inline }) {
  if (typeof inline === 'string') return inline;
  switch (inline.type) {
    case 'bold':
      return <strong>{inline.text}</strong>;
    case 'code':
      return <code>{inline.text}</code>;
    case 'link':
      return <Link url={inline.url}>{inline.text}</Link>;
    case 'person':
      return <Mention id={inline.id} name={inline.name} />;
    case 'time':
      return <Time at={inline.at} style={inline.style} />;
  }
}

/** Somebody's name; the reader's own stands out. */
export function Mention({ id, name }: { readonly id: string; readonly name: string }) {
  const mine = useNames().me === id;
  return <span className={mine ? 'mention mention-me' : 'mention'}>@{name}</span>;
}
