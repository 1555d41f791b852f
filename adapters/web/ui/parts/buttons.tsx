import type { Button, MessageView } from '#adapters/web/protocol.ts';

import { press, pressKey } from '../actions/messages.ts';
import { useApp, useKnown } from '../context.ts';

/** A row of saved commands. While one runs the row waits; what goes wrong stands below it. */
export function Buttons({
  buttons,
  part,
  of,
}: {
  readonly buttons: readonly Button[];
  readonly part: number;
  readonly of: MessageView;
}) {
  const app = useApp();
  const state = useKnown(({ presses }) => presses.get(pressKey(of.id, part)));
  const busy = state?.type === 'busy' ? state.what : null;

  function use(button: Button, index: number): void {
    const run = () => void press(app, of, { part, button: index, label: button.label });
    if (button.confirm === undefined) run();
    else app.store.set({ dialog: question(button, button.confirm, run) });
  }

  return (
    <>
      <div className="said-buttons" role="group" aria-label="Actions">
        {buttons.map((button, index) => (
          <button
            key={`${index} ${button.label}`}
            type="button"
            className={`button button-${button.style}`}
            aria-disabled={busy !== null}
            aria-busy={busy === String(index)}
            onClick={() => busy === null && use(button, index)}
          >
            {button.label}
          </button>
        ))}
      </div>
      {state?.type === 'failed' && (
        <p className="said-error" role="alert">
          {state.reason}
        </p>
      )}
    </>
  );
}

function question(button: Button, confirm: string, run: () => void) {
  return {
    type: 'confirm',
    question: confirm,
    yes: button.label,
    danger: button.style === 'danger',
    run,
  } as const;
}
