import type { Inline, MessageView, Part, Text } from '#adapters/web/protocol.ts';

import { Buttons } from './buttons.tsx';
import { Words } from './inline.tsx';
import { Pick } from './pick.tsx';

type Said = Extract<MessageView['body'], { type: 'message' }>['message'];

/** What the bot says, part by part. */
export function Parts({ of, said }: { readonly of: MessageView; readonly said: Said }) {
  return (
    <div className={`said tone-${said.tone}`}>
      {said.parts.map((part, index) => (
        <Drawn key={index} part={part} index={index} of={of} />
      ))}
    </div>
  );
}

function Drawn({
  part,
  index,
  of,
}: {
  readonly part: Part;
  readonly index: number;
  readonly of: MessageView;
}) {
  switch (part.type) {
    case 'heading':
      return <h2 className="said-heading">{part.text}</h2>;
    case 'text':
      return (
        <p className="said-text">
          <Words text={part.text} />
        </p>
      );
    case 'fields':
      return <Fields fields={part.fields} />;
    case 'list':
      return (
        <ul className="said-list">
          {part.items.map((item, at) => (
            <li key={at}>
              <Words text={item} />
            </li>
          ))}
        </ul>
      );
    case 'code':
      return (
        <pre className="code-block" tabIndex={0} role="region" aria-label="Code">
          {part.text}
        </pre>
      );
    case 'context':
      return (
        <p className="said-context">
          <Words text={part.text} />
        </p>
      );
    case 'divider':
      return <hr />;
    case 'buttons':
      return <Buttons buttons={part.buttons} part={index} of={of} />;
    case 'select':
      return <Pick select={part.select} part={index} of={of} />;
  }
}

function Fields({ fields }: Omit<Extract<Part, { type: 'fields' }>, 'type'>) {
  return (
    <dl className="said-fields">
      {fields.map(({ label, value }, index) => (
        <div key={index} className={plainLength(value) > WIDE ? 'said-wide' : undefined}>
          <dt>{label}</dt>
          <dd>
            <Words text={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A value longer than this, in characters, gets a line of its own. */
const WIDE = 44;

function plainLength(text: Text): number {
  if (typeof text === 'string') return text.length;
  return text.reduce((sum, it) => sum + lengthOf(it), 0);
}

function lengthOf(inline: Inline): number {
  if (typeof inline === 'string') return inline.length;
  if (inline.type === 'time') return 5;
  return inline.type === 'person' ? inline.name.length + 1 : inline.text.length;
}
