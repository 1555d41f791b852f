import { useNames } from '../context.ts';
import { initials } from '../widgets/avatar.tsx';
import type { Bar } from './bars.ts';
import type { Shown } from './shown.ts';
import { barWords, clockWords, nameIn, shortWhy } from './words.ts';

/** A bar, or its part in a row; choosing it asks who shall be on call instead. */
export function BarButton(props: {
  readonly bar: Bar;
  readonly shown: Pick<Shown, 'colours' | 'zone' | 'now' | 'onBar'>;
  readonly style: React.CSSProperties;
  readonly isCutBefore: boolean;
  readonly isCutAfter: boolean;
  /** There is room for more than one line. */
  readonly isTall?: boolean;
}) {
  const { bar, shown, style, isCutBefore, isCutAfter, isTall = false } = props;
  const names = useNames().of;
  const { colours, zone, now } = shown;
  const words = barWords(bar, names, now, zone);
  const name = bar.person === null ? 'Nobody' : nameIn(names, bar.person);
  const classes = [
    'cal-bar',
    bar.person === null ? '' : `who-${colours.get(bar.person) ?? 0}`,
    bar.kind === 'shift' ? '' : `cal-${bar.kind}`,
    isCutBefore ? 'is-cut-before' : '',
    isCutAfter ? 'is-cut-after' : '',
    isTall ? 'is-tall' : '',
  ];
  const why = bar.kind === 'override' && bar.duty ? shortWhy(bar.duty, names) : '';
  return (
    <button
      type="button"
      className={classes.filter((it) => it !== '').join(' ')}
      style={style}
      title={words}
      onClick={() => shown.onBar(bar)}
    >
      <span className="unseen">{words}</span>
      <span className="cal-full" aria-hidden="true">
        {!isCutBefore && <small>{clockWords(bar.from, zone)}</small>}
        <b>{name}</b>
        {why !== '' && <em>{why}</em>}
        {isTall && !isCutAfter && <small className="cal-until">until {clockWords(bar.until, zone)}</small>}
      </span>
      <span className="cal-short" aria-hidden="true">
        {bar.person === null ? '!' : initials(name)}
      </span>
    </button>
  );
}
