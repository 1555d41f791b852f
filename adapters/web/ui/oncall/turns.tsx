import { useState } from 'react';

import { useKnown, useNames } from '../context.ts';
import { peopleOf } from '../state/state.ts';
import { Icon } from '../widgets/icon.tsx';
import { Labelled, PickPerson } from './fields.tsx';
import { moved } from './layer-drafts.ts';
import { listed, nameIn } from './words.ts';

type Turns = readonly (readonly string[])[];

/** Who takes turns, in order; moved with buttons, so that it needs no dragging. */
export function TurnsField(props: {
  readonly turns: Turns;
  readonly error: string;
  readonly onChange: (turns: Turns) => void;
}) {
  const { turns, error, onChange } = props;
  const people = useKnown(peopleOf);
  const [next, setNext] = useState('');
  const add = (change: Turns) => {
    onChange(change);
    setNext('');
  };
  return (
    <div className="oncall-turns">
      <ol>
        {turns.map((turn, index) => (
          <Turn key={`${index} ${turn.join(' ')}`} {...{ turns, turn, index, onChange }} />
        ))}
      </ol>
      <div className="oncall-add">
        <Labelled label={turns.length === 0 ? 'People in order' : 'Add'} error={error}>
          {(tied) => (
            <PickPerson {...{ tied, people }} value={next} nobody="Choose somebody…" onChange={setNext} />
          )}
        </Labelled>
        <button
          type="button"
          className="button button-plain"
          disabled={next === ''}
          onClick={() => add([...turns, [next]])}
        >
          As the next turn
        </button>
        {turns.length > 0 && (
          <button
            type="button"
            className="button button-plain"
            disabled={next === ''}
            onClick={() => add([...turns.slice(0, -1), [...(turns.at(-1) ?? []), next]])}
          >
            Into the last turn
          </button>
        )}
      </div>
    </div>
  );
}

function Turn(props: {
  readonly turns: Turns;
  readonly turn: readonly string[];
  readonly index: number;
  readonly onChange: (turns: Turns) => void;
}) {
  const { turns, turn, index, onChange } = props;
  const names = useNames().of;
  const who = listed(turn.map((it) => nameIn(names, it)));
  return (
    <li>
      <span className="oncall-turn-number">{index + 1}</span>
      <span className="oncall-turn-who">{who}</span>
      <button
        type="button"
        className="button-icon oncall-up"
        aria-label={`${who}: earlier`}
        disabled={index === 0}
        onClick={() => onChange(moved(turns, index, -1))}
      >
        <Icon name="chevron" />
      </button>
      <button
        type="button"
        className="button-icon"
        aria-label={`${who}: later`}
        disabled={index === turns.length - 1}
        onClick={() => onChange(moved(turns, index, 1))}
      >
        <Icon name="chevron" />
      </button>
      <button
        type="button"
        className="button-icon"
        aria-label={`Take ${who} out`}
        onClick={() => onChange(turns.filter((_, at) => at !== index))}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}
