import { useEffect, useRef, useState } from 'react';

import type { MessageView } from '#adapters/web/protocol.ts';

import { rewrite } from '../actions/messages.ts';
import { useApp } from '../context.ts';
import { fit } from './fit.ts';

/** One's own message, being changed in its place. */
export function Editor({ message }: { readonly message: MessageView }) {
  const app = useApp();
  const [text, setText] = useState(message.body.type === 'words' ? message.body.text : '');
  const area = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    const shown = area.current;
    if (!shown) return;
    shown.focus();
    shown.setSelectionRange(shown.value.length, shown.value.length);
  }, []);
  useEffect(() => fit(area.current), [text]);

  function close(): void {
    // It may have taken long to save: by then another one may be edited.
    if (app.store.get().editing !== message.id) return;
    app.store.set({ editing: null });
    const scope = message.threadOf === null ? '.room' : '.thread';
    document.querySelector<HTMLElement>(`${scope} .composer textarea`)?.focus();
  }
  async function save(): Promise<void> {
    if (text.trim() !== '' && (await rewrite(app, message, text.trim()))) close();
  }

  return (
    <form
      className="editor"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <textarea
        ref={area}
        value={text}
        rows={1}
        aria-label="Edit your message"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Escape' || (event.key === 'Enter' && !event.shiftKey)) {
            event.preventDefault();
            if (event.key === 'Escape') close();
            else void save();
          }
        }}
      />
      <div className="editor-tools">
        <button type="submit" className="button button-primary button-small" disabled={text.trim() === ''}>
          Save
        </button>
        <button type="button" className="button button-plain button-small" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}
