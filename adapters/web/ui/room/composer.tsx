import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';

import type { MessageView } from '#adapters/web/protocol.ts';

import { share } from '../actions/messages.ts';
import { send } from '../actions/sending.ts';
import type { App } from '../app.ts';
import { now } from '../clock.ts';
import { useApp, useNames } from '../context.ts';
import { Icon } from '../widgets/icon.tsx';
import { isStump } from './completing.ts';
import { Completions, useCompletions, type Option } from './completions.tsx';
import { useDraft } from './draft.ts';
import { fit } from './fit.ts';
import { isOwnWords } from './message-keys.ts';

interface Place {
  readonly room: string;
  readonly threadOf: number | null;
}

/** Where people write. Enter sends, Shift+Enter breaks the line; `/` and `@` open a list of completions. */
export function Composer({ room, threadOf }: Place) {
  const { area, text, setCaret, write, take, submit, give, keyed, completions } = useWriting({
    room,
    threadOf,
  });
  const { options, active, open, dismiss } = completions;
  const list = useId();
  const pick = (input: HTMLInputElement) => {
    const [file] = input.files ?? [];
    if (file) void give(file);
    input.value = '';
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {open && <Completions id={list} options={options} active={active} onPick={take} />}
      <div className="composer-box">
        <textarea
          ref={area}
          value={text}
          rows={1}
          dir="auto"
          role="combobox"
          aria-label={threadOf === null ? 'Message' : 'Reply'}
          aria-expanded={open}
          aria-haspopup="listbox"
          aria-autocomplete="list"
          aria-controls={open ? list : undefined}
          aria-activedescendant={open && active >= 0 ? `${list}-${active}` : undefined}
          placeholder={threadOf === null ? 'Write a message, or type /incident' : 'Reply in the thread'}
          onChange={(event) => write(event.target.value, event.target.selectionStart)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onBlur={dismiss}
          onKeyDown={keyed}
          onPaste={(event) => {
            const [file] = event.clipboardData.files;
            if (!file) return;
            event.preventDefault();
            void give(file);
          }}
        />
        <label className="composer-attach" title="Attach a file">
          <Icon name="attach" />
          <input type="file" aria-label="Attach a file" onChange={(event) => pick(event.currentTarget)} />
        </label>
        <button type="submit" className="composer-send" aria-label="Send" disabled={text.trim() === ''}>
          <Icon name="send" />
        </button>
      </div>
      <p className="composer-hint" aria-hidden="true">
        <kbd>/</kbd> commands <kbd>@</kbd> people <kbd>Shift</kbd> <kbd>Enter</kbd> new line <kbd>?</kbd> help
      </p>
    </form>
  );
}

/** The text, the caret, what completes it, and what the keys do. */
function useWriting({ room, threadOf }: Place) {
  const app = useApp();
  const { me } = useNames();
  const [text, setText, kept] = useDraft(me, room, threadOf);
  const [caret, setCaret] = useState(0);
  const area = useRef<HTMLTextAreaElement>(null);
  const completions = useCompletions({ room, text, caret, eager: isStump(text) });
  useEffect(() => fit(area.current), [text]);
  useFocus(area, room, threadOf);

  function write(value: string, at: number): void {
    setText(value);
    setCaret(at);
    if (value !== '') tellTyping(app, room);
  }
  function take(option: Option): void {
    write(option.text, option.caret);
    requestAnimationFrame(() => area.current?.setSelectionRange(option.caret, option.caret));
    area.current?.focus();
  }
  function submit(): void {
    if (text.trim() === '') return;
    send(app, { room, threadOf, text: text.trim() });
    write('', 0);
  }
  /** What has been written goes with the file; when that is not taken, it is there again. */
  async function give(file: File): Promise<void> {
    const words = text.trim();
    write('', 0);
    if (await share(app, { room, threadOf, file, words })) return;
    // Whoever left the room meanwhile may have come back and written more.
    const whole = [words, kept()].filter((it) => it !== '').join('\n');
    write(whole, whole.length);
  }
  function onKey({ key, shiftKey }: KeyboardEvent): boolean {
    if (key === 'ArrowUp' && text === '') return editLast(app, me, room, threadOf);
    if (key !== 'Enter' || shiftKey) return false;
    submit();
    return true;
  }
  function keyed(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing) return;
    const done = completions.onKey(event.key, take) || onKey(event);
    if (done) event.preventDefault();
  }
  return { area, text, setCaret, write, take, submit, give, keyed, completions };
}

/** Whoever comes into a room can write at once; on touch screens that would call up the keyboard unasked. */
function useFocus(
  area: React.RefObject<HTMLTextAreaElement | null>,
  room: string,
  threadOf: number | null,
): void {
  useEffect(() => {
    const calm = threadOf === null && !matchMedia('(hover: hover)').matches;
    if (calm) document.getElementById('main')?.focus({ preventScroll: true });
    else area.current?.focus({ preventScroll: true });
  }, [area, room, threadOf]);
}

const TYPING_EVERY = 3000;
let toldTyping = 0;

function tellTyping(app: App, room: string): void {
  if (now() - toldTyping < TYPING_EVERY) return;
  toldTyping = now();
  app.live?.send({ type: 'typing', room });
}

/** Opens the reader's last message for editing; false when there is none. */
function editLast(app: App, me: string, room: string, threadOf: number | null): boolean {
  const { logs, threads } = app.store.get();
  const log = threadOf === null ? logs.get(room) : threads.get(threadOf);
  const own = log?.messages.findLast((it: MessageView) => isOwnWords(it, me) && it.threadOf === threadOf);
  if (own) app.store.set({ editing: own.id });
  return own !== undefined;
}
