import { useNames } from '../context.ts';
import { dayKey } from '../times.ts';
import type { Bar } from './bars.ts';
import type { Shown } from './shown.ts';
import { clockWords, dayWords, emptyWords, nameIn, whenWords, whyWords } from './words.ts';

/** The same as a list, for a telephone: hand-off by hand-off, and what is over put away. */
export function Agenda(shown: Shown) {
  const { bars, now } = shown;
  const inOrder = bars.toSorted(
    (a, b) => a.from - b.from || Number(a.kind === 'shadow') - Number(b.kind === 'shadow'),
  );
  const over = inOrder.filter(({ until }) => until <= now);
  const others = inOrder.filter(({ until }) => until > now);
  if (others.length === 0) return <Days bars={over} shown={shown} />;
  return (
    <>
      {over.length > 0 && (
        <details className="cal-over">
          <summary>Earlier</summary>
          <Days bars={over} shown={shown} />
        </details>
      )}
      <Days bars={others} shown={shown} />
    </>
  );
}

function Days({ bars, shown }: { readonly bars: readonly Bar[]; readonly shown: Shown }) {
  const { zone } = shown;
  const groups = Map.groupBy(bars, (it) => dayKey(it.from, { zone }));
  return (
    <ol className="cal-agenda">
      {[...groups].map(([key, all]) => (
        <li key={key}>
          <h3>{dayWords(all[0]?.from ?? 0, zone)}</h3>
          <ul>
            {all.map((bar) => (
              <Entry key={`${bar.kind} ${bar.person} ${bar.from}`} bar={bar} shown={shown} />
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

function Entry({ bar, shown }: { readonly bar: Bar; readonly shown: Shown }) {
  const names = useNames().of;
  const { colours, zone, now, onBar } = shown;
  const isOneDay = dayKey(bar.from, { zone }) === dayKey(bar.until, { zone });
  const isNow = bar.from <= now && now < bar.until;
  const why = bar.duty ? whyWords(bar.duty, names) : bar.empty ? emptyWords(bar.empty, names) : '';
  const classes =
    bar.person === null
      ? 'cal-entry cal-gap'
      : `cal-entry who-${colours.get(bar.person) ?? 0} cal-${bar.kind}`;
  return (
    <li>
      <button type="button" className={isNow ? `${classes} is-now` : classes} onClick={() => onBar(bar)}>
        <span className="cal-entry-when">
          {clockWords(bar.from, zone)}
          {isNow && <b>now</b>}
        </span>
        <span className="cal-entry-who">
          <b>{bar.person === null ? 'Nobody' : nameIn(names, bar.person)}</b>
          <span>
            until {isOneDay ? clockWords(bar.until, zone) : whenWords(bar.until, now, zone)}
            {bar.kind === 'shadow' && ' · told along, to learn'}
            {(bar.kind === 'override' || bar.kind === 'gap') && why !== '' && ` · ${why}`}
          </span>
        </span>
      </button>
    </li>
  );
}
