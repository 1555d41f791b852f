import { Dialog } from '../widgets/dialog.tsx';

/** Asked before something that cannot be taken back. */
export function Confirm(props: {
  readonly question: string;
  readonly yes: string;
  readonly danger: boolean;
  readonly run: () => void;
  readonly onClose: () => void;
}) {
  const { question, yes, danger, run, onClose } = props;
  return (
    <Dialog title="Please confirm" role="alertdialog" className="dialog-small" onClose={onClose}>
      <p className="dialog-text">{question}</p>
      <div className="dialog-tools">
        <button
          type="button"
          className="button button-plain"
          data-first={danger || undefined}
          onClick={onClose}
        >
          Cancel
        </button>
        <button
          type="button"
          className={`button ${danger ? 'button-danger' : 'button-primary'}`}
          data-first={!danger || undefined}
          onClick={() => {
            onClose();
            run();
          }}
        >
          {yes}
        </button>
      </div>
    </Dialog>
  );
}
