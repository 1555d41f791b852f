import { useState } from 'react';

import { attempt, notice } from '../actions/attempt.ts';
import { useNow } from '../clock.ts';
import { useApp, useKnown, useNames } from '../context.ts';
import { meOf } from '../state/state.ts';
import { CopyLine } from '../widgets/copy-line.tsx';
import { LayerDialog } from './layer-dialog.tsx';
import { overridePath } from './override-dialog.tsx';
import { Warning } from './person.tsx';
import type { LayerView, ScheduleView } from './views.ts';
import { listed, nameIn, overrideWords, spanWords, type Names } from './words.ts';

interface Props {
  readonly of: ScheduleView;
  readonly path: string;
  readonly zone: string;
  readonly onChange: () => void;
}

/** Below the calendar: what is missing, what was changed for a time, by which layers it is made, and its address for other calendars. */
export function Below(props: Props) {
  return (
    <div className="oncall-below">
      <Health {...props} />
      <Overrides {...props} />
      <Layers {...props} />
      <Feed {...props} />
    </div>
  );
}

/** More gaps than these are counted. */
const GAPS = 5;

function Health({ of, zone }: Props) {
  const now = useNow(60_000);
  const { gaps, quality } = of;
  const said = gaps
    .slice(0, GAPS)
    .map(({ from, until }) => spanWords(Date.parse(from), Date.parse(until), now, zone));
  const more = gaps.length > GAPS ? [`${gaps.length - GAPS} more times`] : [];
  return (
    <section>
      <h2>The coming 30 days</h2>
      {gaps.length > 0 ? (
        <Warning>Nobody is on call {listed([...said, ...more])}.</Warning>
      ) : (
        <p>Somebody is on call all the time.</p>
      )}
      <p className="oncall-quality">
        Quality {Math.round(quality.score)} of 100{quality.says.length > 0 && `: ${quality.says.join(' ')}`}
      </p>
    </section>
  );
}

function Overrides({ of, zone, onChange }: Props) {
  const app = useApp();
  const names = useNames().of;
  const now = useNow(60_000);
  const mayChange = useKnown((state) => (meOf(state)?.role ?? 'viewer') !== 'viewer');
  if (of.overrides.length === 0) return null;
  async function takeBack(id: string): Promise<void> {
    const done = await attempt(app, app.api.remove(overridePath(of.id, id)));
    if (done) notice(app, 'It is taken back: the layers say again who is on call.');
    onChange();
  }
  return (
    <section>
      <h2>Put in for a time</h2>
      <ul className="oncall-overrides">
        {of.overrides.map((it) => (
          <li key={it.id}>
            <p>
              <strong>{overrideWords(it, names)}</strong>,{' '}
              {spanWords(Date.parse(it.from), Date.parse(it.to), now, zone)}
              <small>
                {' '}
                by {nameIn(names, it.by)}
                {it.reason !== null && `: ${it.reason}`}
              </small>
            </p>
            {mayChange && (
              <button
                type="button"
                className="button button-plain button-small"
                aria-label={`Take it back: ${overrideWords(it, names)}`}
                onClick={() => void takeBack(it.id)}
              >
                Take it back
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Layers({ of, onChange }: Props) {
  const names = useNames().of;
  const isAdmin = useKnown((state) => meOf(state)?.role === 'admin');
  const [isOpen, setOpen] = useState(false);
  return (
    <section>
      <h2>Layers</h2>
      <ul className="oncall-layers">
        {of.layers.map((it) => (
          <li key={it.id}>
            <strong>{it.name}</strong>: {layerWords(it, of.timezone, names)}
          </li>
        ))}
        {of.layers.length === 0 && <li>There are none, so nobody is on call.</li>}
      </ul>
      {isAdmin && (
        <button type="button" className="button button-plain" onClick={() => setOpen(true)}>
          Change the layers
        </button>
      )}
      {isOpen && <LayerDialog schedule={of} onDone={onChange} onClose={() => setOpen(false)} />}
    </section>
  );
}

/** `Ana, Bo and Cy in turn, 1 week each, from Monday 09:00; learns`. */
function layerWords(
  { people, rotation, only, shadow, timezone, priority }: LayerView,
  own: string,
  names: Names,
): string {
  const turns = people.map((turn) =>
    listed(
      [turn].flat().map((it) => nameIn(names, it)),
      'with',
    ),
  );
  const taking = turns.length > 1 ? `${listed(turns)} in turn, ${rotation.every} each` : listed(turns);
  const hours = only.map((it) =>
    typeof it === 'string' ? it : `${it.days.join(',')} ${it.from}-${it.until}`,
  );
  return [
    taking,
    `handing over at ${(rotation.anchor ?? rotation.start).slice(11, 16)}`,
    hours.length > 0 ? `only ${hours.join(', ')}` : '',
    timezone !== null && timezone !== own ? `by the clocks of ${timezone}` : '',
    shadow ? 'told along, to learn' : priority === 0 ? '' : `priority ${priority}`,
  ]
    .filter((it) => it !== '')
    .join('; ');
}

function Feed({ path }: Props) {
  const app = useApp();
  const { me } = useNames();
  const [url, setUrl] = useState<string | null>(null);
  async function fetchIt(person: string): Promise<void> {
    const query = person === '' ? '' : `?${new URLSearchParams({ person }).toString()}`;
    const made = await attempt(app, app.api.get<{ readonly url: string }>(`${path}/feed${query}`));
    if (made) setUrl(made.url);
  }
  return (
    <section>
      <h2>In your own calendar</h2>
      <p>
        A calendar program can subscribe to these shifts. The address is the key to them: show it to nobody.
      </p>
      <div className="oncall-feed">
        <button type="button" className="button button-plain button-small" onClick={() => void fetchIt('')}>
          Address of all shifts
        </button>
        <button type="button" className="button button-plain button-small" onClick={() => void fetchIt(me)}>
          Address of my shifts
        </button>
      </div>
      {url !== null && <CopyLine line={url} label="Secret address of the calendar" />}
    </section>
  );
}
