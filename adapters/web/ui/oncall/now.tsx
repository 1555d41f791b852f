import { useState } from 'react';

import { now as clockNow, useNow } from '../clock.ts';
import { useKnown, useNames } from '../context.ts';
import { meOf } from '../state/state.ts';
import { relativeTime } from '../times.ts';
import type { About } from './about.ts';
import { useAsked } from './asked.ts';
import { Chain } from './chain.tsx';
import { Go } from './go.tsx';
import { LayerDialog } from './layer-dialog.tsx';
import { OverrideDialog } from './override-dialog.tsx';
import { Person, Waiting, Warning } from './person.tsx';
import type { DutyView, OnCallView, PolicyView } from './views.ts';
import { emptyWords, listed, nameIn, whenWords, whyWords } from './words.ts';
import { ownZone } from './zone.ts';

/** So many schedules are more than a reader looks through. */
const MANY = 8;

/** Who is on call now by every schedule, until when, who is next, and who is asked when nobody answers. */
export function Now() {
  const { data, error, again } = useAsked<readonly OnCallView[]>('/api/v1/on-call');
  const [isMaking, setMaking] = useState(false);
  if (!data) return <Waiting error={error} />;
  const onMake = () => setMaking(true);
  return (
    <>
      {data.length === 0 ? <Empty onMake={onMake} /> : <Rota {...{ data, error, again, onMake }} />}
      {/* Here, so that a first schedule that a colleague makes meanwhile does not close it. */}
      {isMaking && <LayerDialog schedule={null} onDone={again} onClose={() => setMaking(false)} />}
    </>
  );
}

function Rota(props: {
  readonly data: readonly OnCallView[];
  readonly error: string;
  readonly again: () => void;
  readonly onMake: () => void;
}) {
  const { data, error, again, onMake } = props;
  const policies = useAsked<readonly PolicyView[]>('/api/v1/policies');
  const [sought, setSought] = useState('');
  const word = sought.trim().toLowerCase();
  const shown = data.filter(({ name, schedule }) => `${name} ${schedule}`.toLowerCase().includes(word));
  return (
    <>
      <header className="oncall-head">
        <h1>On call now</h1>
        <Mine rota={data} />
      </header>
      {error !== '' && <Waiting error={error} />}
      {data.length > MANY && (
        <label className="field oncall-seek">
          Find a schedule
          <input type="search" value={sought} onChange={(event) => setSought(event.target.value)} />
        </label>
      )}
      <ul className="oncall-cards">
        {shown.map((it) => (
          <Card key={it.schedule} of={it} policies={policies.data ?? []} again={again} />
        ))}
      </ul>
      {shown.length === 0 && <p>No schedule is called so.</p>}
      <Another onMake={onMake} />
    </>
  );
}

function Another({ onMake }: { readonly onMake: () => void }) {
  const isAdmin = useKnown((state) => meOf(state)?.role === 'admin');
  if (!isAdmin) return null;
  return (
    <div className="oncall-another">
      <button type="button" className="button button-plain" onClick={onMake}>
        Make another schedule
      </button>
    </div>
  );
}

/** What the reader wants to know first. */
function Mine({ rota }: { readonly rota: readonly OnCallView[] }) {
  const { me } = useNames();
  const now = useNow(60_000);
  const mine = rota.flatMap(({ name, on_call: people }) =>
    people.filter((it) => it.person === me).map(({ until }) => ({ name, until: Date.parse(until) })),
  );
  if (mine.length === 0) return <p className="home-lead">You are not on call.</p>;
  const words = mine.map(({ name, until }) => `${name} until ${whenWords(until, now, ownZone())}`);
  return <p className="home-lead oncall-mine">You are on call for {listed(words)}.</p>;
}

function Card(props: {
  readonly of: OnCallView;
  readonly policies: readonly PolicyView[];
  readonly again: () => void;
}) {
  const { of, policies, again } = props;
  const [chosen, setChosen] = useState<Pick<About, 'of' | 'span'> | null>(null);
  const mayChange = useKnown((state) => (meOf(state)?.role ?? 'viewer') !== 'viewer');
  const asking = policies.filter((it) => it.enabled && (isOwn(it, of) || levelsFor(it, of).length > 0));
  return (
    <li className={of.on_call.length === 0 ? 'oncall-card oncall-card-empty' : 'oncall-card'}>
      <header>
        <h2>
          <Go to={{ type: 'schedule', id: of.schedule }}>{of.name}</Go>
        </h2>
        <Team id={of.team} />
      </header>
      <Holders of={of} />
      <Next of={of} />
      {asking.map((it) =>
        isOwn(it, of) ? (
          <Chain key={it.id} policy={it} />
        ) : (
          <p key={it.id} className="oncall-along">
            Asked at level {listed(levelsFor(it, of).map(String))} of the policy{' '}
            <Go to={{ type: 'policy', id: it.id }}>{it.name}</Go>
          </p>
        ),
      )}
      {asking.length === 0 && (
        <p className="oncall-along">No policy asks this schedule, so nobody is paged by it.</p>
      )}
      <footer>
        {mayChange && (
          <button
            type="button"
            className="button button-plain button-small"
            onClick={() => setChosen(shiftNow(of))}
          >
            Put somebody else on call
          </button>
        )}
        <Go to={{ type: 'schedule', id: of.schedule }} className="button button-plain button-small">
          Calendar
        </Go>
      </footer>
      {chosen && (
        <OverrideDialog
          {...chosen}
          schedule={{ id: of.schedule, name: of.name }}
          zone={ownZone()}
          onDone={again}
          onClose={() => setChosen(null)}
        />
      )}
    </li>
  );
}

function Team({ id }: { readonly id: string | null }) {
  const name = useKnown(({ session }) =>
    session.type === 'in' ? session.view.teams.find((it) => it.id === id)?.name : undefined,
  );
  return id === null ? null : <span className="tag">Team {name ?? id}</span>;
}

function Holders({ of }: { readonly of: OnCallView }) {
  const names = useNames().of;
  const now = useNow(60_000);
  const zone = ownZone();
  const along = of.shadows.map((it) => nameIn(names, it.person));
  return (
    <>
      {of.empty && <Warning>Nobody is on call: {emptyWords(of.empty, names)}.</Warning>}
      <ul className="oncall-holders">
        {of.on_call.map((duty) => (
          <li key={duty.person}>
            <Person id={duty.person} size={34} />
            <p>
              until <strong>{whenWords(Date.parse(duty.until), now, zone)}</strong>,{' '}
              {relativeTime(Date.parse(duty.until), now)}
              {duty.why === 'override' && <span className="tag oncall-why">{whyWords(duty, names)}</span>}
            </p>
          </li>
        ))}
      </ul>
      {along.length > 0 && <p className="oncall-along">Told along, to learn: {listed(along)}</p>}
      {of.unreachable.map(({ person, why }) => (
        <Warning key={person}>{why}</Warning>
      ))}
    </>
  );
}

function Next({ of }: { readonly of: OnCallView }) {
  const names = useNames().of;
  const now = useNow(60_000);
  if (!of.next_handoff) return of.on_call.length > 0 ? <p className="oncall-next">Nothing changes.</p> : null;
  const at = whenWords(Date.parse(of.next_handoff.at), now, ownZone());
  const who = of.next.map((it) => nameIn(names, it.person));
  return (
    <p className="oncall-next">
      Then, from {at}: <strong>{who.length > 0 ? listed(who) : 'nobody'}</strong>
      {who.length === 0 && ' (a gap)'}
    </p>
  );
}

/** The levels of a policy that ask this schedule, from 1. */
function levelsFor({ levels }: PolicyView, { schedule }: OnCallView): number[] {
  return levels.flatMap(({ targets }, index) =>
    targets.some((it) => it.kind === 'schedule' && it.id === schedule) ? [index + 1] : [],
  );
}

/** It begins with this schedule, or is its team's. */
function isOwn(policy: PolicyView, of: OnCallView): boolean {
  return levelsFor(policy, of)[0] === 1 || (of.team !== null && policy.teams.includes(of.team));
}

/** What the form is about as long as it is open, whatever the schedule says meanwhile. */
function shiftNow(of: OnCallView): Pick<About, 'of' | 'span'> {
  const [duty] = of.on_call;
  return {
    of: duty ? barOfDuty(duty) : null,
    span: { from: clockNow(), until: Date.parse(endOf(of)) },
  };
}

/** When what holds now is over; a gap that nobody ends lasts as long as a night. */
function endOf({ on_call: people, next_handoff: next }: OnCallView): string {
  return next?.at ?? people[0]?.until ?? new Date(clockNow() + NIGHT).toISOString();
}

const NIGHT = 12 * 3_600_000;

function barOfDuty(duty: DutyView) {
  return {
    kind: duty.why === 'override' ? 'override' : 'shift',
    person: duty.person,
    from: Date.parse(duty.from),
    until: Date.parse(duty.until),
    duty,
    empty: null,
  } as const;
}

/** What to do when nothing is set up. */
function Empty({ onMake }: { readonly onMake: () => void }) {
  const isAdmin = useKnown((state) => meOf(state)?.role === 'admin');
  return (
    <div className="oncall-empty">
      <h1>Nobody is on call yet</h1>
      <p className="home-lead">
        A schedule says who is on call when; a policy says who is paged, and who after that when nobody
        answers. Until there is one of each, nobody is paged for an incident.
      </p>
      <ol className="steps">
        <li>
          <h3>With a file</h3>
          <p>
            Write people, teams, schedules and policies into one YAML file;{' '}
            <code>manifests/on-call.example.yaml</code> is one to begin with. Then, in a terminal:
          </p>
          <pre className="code-block" tabIndex={0} role="region" aria-label="Lines for the terminal">
            {'npm run incident -- config plan on-call.yaml\nnpm run incident -- config apply on-call.yaml'}
          </pre>
        </li>
        <li>
          <h3>Or here, with a form</h3>
          {isAdmin ? (
            <p>
              <button type="button" className="button button-primary" onClick={onMake}>
                Make a schedule
              </button>
            </p>
          ) : (
            <p>An admin of this server can make a schedule on this page.</p>
          )}
        </li>
      </ol>
    </div>
  );
}
