import { useEffect, useMemo, useRef, useState } from 'react';

import type { PersonView, SuggestView } from '#adapters/web/protocol.ts';

import { useApp, useKnown } from '../context.ts';
import type { Api } from '../net/api.ts';
import { peopleOf } from '../state/state.ts';
import { completing, personAt } from './completing.ts';
import { peopleLike } from './people-like.ts';

export interface Option {
  readonly label: string;
  readonly help: string;
  /** What the whole text becomes, and where the caret then stands. */
  readonly text: string;
  readonly caret: number;
}

interface Asked {
  readonly room: string;
  readonly text: string;
  readonly caret: number;
  /** The first option is chosen by Enter without moving to it. */
  readonly eager: boolean;
}

/** The completions at the caret, which of them is chosen, and the keys that move between them. */
export function useCompletions({ room, text, caret, eager }: Asked) {
  const commands = useCommands(room, text, caret);
  const people = usePeople(text, caret);
  const options = commands.length > 0 ? commands : people;
  const [chosen, setChosen] = useState({ text: '', index: -1 });
  const [dismissed, setDismissed] = useState<string | null>(null);
  const first = eager || commands.length === 0 ? 0 : -1;
  const active = Math.min(chosen.text === text ? chosen.index : first, options.length - 1);
  const open = options.length > 0 && dismissed !== text;

  function move(by: 1 | -1): boolean {
    const count = options.length;
    const next = active === -1 && by === -1 ? count - 1 : (active + by + count) % count;
    setChosen({ text, index: next });
    return true;
  }
  function dismiss(): void {
    setDismissed(text);
  }
  /** True when the key was meant for the list. */
  function onKey(key: string, take: (option: Option) => void): boolean {
    if (!open) return false;
    if (key === 'ArrowDown') return move(1);
    if (key === 'ArrowUp') return move(-1);
    if (key === 'Escape') dismiss();
    const option = options[key === 'Tab' ? Math.max(active, 0) : active];
    const takes = (key === 'Tab' || key === 'Enter') && option !== undefined;
    if (takes) take(option);
    return takes || key === 'Escape';
  }
  return { options, active, open, onKey, dismiss };
}

export function Completions(props: {
  readonly id: string;
  readonly options: readonly Option[];
  readonly active: number;
  readonly onPick: (option: Option) => void;
}) {
  const { id, options, active, onPick } = props;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <ul ref={list} id={id} className="completions" role="listbox" aria-label="Completions">
      {options.map((option, index) => (
        <li
          key={`${index} ${option.label}`}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          onMouseDown={(event) => {
            event.preventDefault();
            onPick(option);
          }}
        >
          <span>{option.label}</span>
          <small>{option.help}</small>
        </li>
      ))}
    </ul>
  );
}

const NONE: readonly Option[] = [];
const NOTHING: { readonly line: string; readonly options: readonly Option[] } = { line: '', options: NONE };

/** Asked of the server, which knows the commands, the incidents and the people. */
function useCommands(room: string, text: string, caret: number): readonly Option[] {
  const app = useApp();
  const asked = completing(text, caret);
  const line = asked?.type === 'command' ? asked.line : null;
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    if (line === null) {
      setFound(NOTHING);
      return undefined;
    }
    const control = new AbortController();
    const timer = setTimeout(() => {
      // A list that does not come is no reason to disturb somebody who is writing.
      ask(app.api, line, room, control.signal).then(
        (options) => setFound({ line, options }),
        () => setFound(NOTHING),
      );
    }, 40);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [app, line, room]);
  return useMemo(() => (line === null ? NONE : stillRight(found, line)), [found, line]);
}

/** Until the answer to the line as it now is comes, of the answer before only what continues that line. */
function stillRight({ line: asked, options }: typeof NOTHING, line: string): readonly Option[] {
  if (asked === line) return options;
  return options.filter((it) => it.text.toLowerCase().startsWith(line.toLowerCase()));
}

async function ask(api: Api, line: string, room: string, signal: AbortSignal): Promise<readonly Option[]> {
  const query = new URLSearchParams({ line, room });
  const { suggestions } = await api.get<SuggestView>(`/web/suggest?${query}`, signal);
  return suggestions
    .filter((it) => it.line.trimEnd() !== line.trimEnd())
    .map((it) => {
      const text = `${it.line.trimEnd()} `;
      return { label: it.line, help: it.help, text, caret: text.length };
    });
}

function usePeople(text: string, caret: number): readonly Option[] {
  const people = useKnown(peopleOf);
  return useMemo(() => {
    const at = personAt(text, caret);
    if (at?.type !== 'person') return NONE;
    const known = peopleLike(people, at.query);
    // Who is written out already needs no completion, and Enter then sends.
    if (known.some(({ id }) => id === at.query)) return NONE;
    return known.map((it: PersonView) => {
      const before = `${text.slice(0, at.from)}@${it.id} `;
      return {
        label: it.name,
        help: `@${it.id}`,
        text: before + text.slice(at.to).trimStart(),
        caret: before.length,
      };
    });
  }, [people, text, caret]);
}
