import type { MessageView, Select } from '#adapters/web/protocol.ts';

import { press, pressKey } from '../actions/messages.ts';
import { useApp, useKnown } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { Menu } from '../widgets/menu.tsx';

/** One of several options; picking one runs it at once. */
export function Pick({
  select,
  part,
  of,
}: {
  readonly select: Select;
  readonly part: number;
  readonly of: MessageView;
}) {
  const app = useApp();
  const state = useKnown(({ presses }) => presses.get(pressKey(of.id, part)));
  return (
    <>
      <Menu
        label={select.label}
        named
        className="button button-plain button-select"
        items={select.options}
        disabled={state?.type === 'busy'}
        onPick={(value) => void press(app, of, { part, value })}
      >
        {select.label}
        <Icon name="chevron" size={14} />
      </Menu>
      {state?.type === 'failed' && (
        <p className="said-error" role="alert">
          {state.reason}
        </p>
      )}
    </>
  );
}
