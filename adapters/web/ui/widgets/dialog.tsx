import { useId, useLayoutEffect, useRef, type MouseEvent, type ReactNode } from 'react';

import { Icon } from './icon.tsx';

/**
 * A modal dialog of the browser's own kind: it keeps the focus, gives it back,
 * and closes on Escape. What is marked `data-first` has the focus at first: React's
 * `autoFocus` comes before the dialog is open, and does nothing. A press beside it closes it too, but not a form, in
 * which much may have been typed.
 */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly className?: string;
  readonly role?: 'alertdialog';
  /** Shown only to screen readers where the content speaks for itself. */
  readonly hideTitle?: boolean;
  readonly children: ReactNode;
}) {
  const { title, onClose, className = '', role, hideTitle = false, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed while it is still there: after that the browser does not know where the focus was.
  useLayoutEffect(() => {
    const shown = dialog.current;
    if (shown && !shown.open) shown.showModal();
    shown?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      role={role}
      className={`dialog ${className}`}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== dialog.current) return;
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current && isBeside(dialog.current, event)) onClose();
      }}
    >
      <div className="dialog-body">
        <header className={hideTitle ? 'unseen' : 'dialog-head'}>
          <h2 id={id}>{title}</h2>
          {!hideTitle && (
            <button type="button" className="button-icon" aria-label="Close" onClick={onClose}>
              <Icon name="close" />
            </button>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** Not so on its scroll bar and its border, which have the dialog itself as their target too. */
function isBeside(dialog: HTMLDialogElement, { clientX: x, clientY: y }: MouseEvent): boolean {
  if (dialog.querySelector('form')) return false;
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return x < left || x > right || y < top || y > bottom;
}
