import { showPlace } from '../actions/rooms.ts';
import { useApp, useKnown } from '../context.ts';
import { addressOf } from '../state/places.ts';
import type { Place } from '../state/state.ts';
import { Icon, type IconName } from '../widgets/icon.tsx';

/** What the page has beside home and the rooms, in the order in which the bar shows it. */
const PLACES: readonly {
  readonly place: Exclude<Place, { type: 'home' | 'room' }>;
  readonly name: string;
  readonly icon: IconName;
}[] = [
  { place: { type: 'on-call', path: '' }, name: 'On call', icon: 'calendar' },
  { place: { type: 'me' }, name: 'How I am told', icon: 'bell' },
];

export function Places() {
  const app = useApp();
  const here = useKnown(({ place }) => place.type);
  return (
    <ul className="bar-places">
      {PLACES.map(({ place, name, icon }) => (
        <li key={place.type}>
          <a
            className="bar-item"
            href={addressOf(place)}
            aria-current={here === place.type ? 'page' : undefined}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              showPlace(app, place);
            }}
          >
            <Icon name={icon} />
            <span className="bar-name">{name}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}
