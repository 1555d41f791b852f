import { useMemo } from 'react';

import { useKnown, useNames } from '../context.ts';
import { Mention } from '../parts/inline.tsx';
import { Link } from '../parts/link.tsx';
import { addressOf } from '../state/places.ts';
import { tokens, type Token } from './tokens.ts';

/** What a person wrote. */
export function Written({ text }: { readonly text: string }) {
  const names = useNames().of;
  const pieces = useMemo(() => tokens(text, (id) => names.has(id)), [text, names]);
  return (
    <div className="written" dir="auto">
      {pieces.map((token, index) => (
        <Piece key={index} token={token} names={names} />
      ))}
    </div>
  );
}

function Piece({ token, names }: { readonly token: Token; readonly names: ReadonlyMap<string, string> }) {
  switch (token.type) {
    case 'text':
      return token.raw;
    case 'link':
      return <Link url={token.url}>{token.raw}</Link>;
    case 'code':
      return <code>{token.text}</code>;
    case 'block':
      return (
        <pre className="code-block" tabIndex={0} role="region" aria-label="Code">
          {token.text}
        </pre>
      );
    case 'person':
      return <Mention id={token.id} name={names.get(token.id) ?? token.id} />;
    case 'incident':
      return <IncidentName number={token.number} raw={token.raw} />;
  }
}

/** INC-42 leads to its room, when it has one here. */
function IncidentName({ number, raw }: { readonly number: number; readonly raw: string }) {
  const room = useKnown(
    ({ incidents }) => incidents.get(number)?.rooms.find(({ platform }) => platform === 'web')?.id,
  );
  if (room === undefined) return raw;
  return <Link url={addressOf({ type: 'room', room })}>{raw}</Link>;
}
