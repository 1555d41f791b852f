import { Fragment, type ReactNode } from 'react';

import { useKnown, useNames } from '../context.ts';
import { Icon, type IconName } from '../widgets/icon.tsx';
import { SeverityBadge } from '../widgets/severity.tsx';
import { Go } from './go.tsx';
import { Person, Warning } from './person.tsx';
import type { LevelView, PolicyView, TargetView } from './views.ts';
import { nameIn, waitWords } from './words.ts';

/** A policy from top to bottom: what leads to it, its levels with the waits between them, and what comes after. */
export function Picture({ of, all }: { readonly of: PolicyView; readonly all: readonly PolicyView[] }) {
  const { levels, repeat, hand_to: next } = of;
  return (
    <section className="pol" aria-label={`Policy ${of.name}`}>
      <Lead of={of} all={all} />
      <Arrow>an incident comes</Arrow>
      <div className={repeat.times > 0 ? 'pol-levels is-repeated' : 'pol-levels'}>
        {repeat.times > 0 && (
          <p className="pol-repeat">
            <span>
              again {repeat.times} {repeat.times === 1 ? 'time' : 'times'}
              {repeat.after_ms > 0 && `, ${waitWords(repeat.after_ms)} later`}
            </span>
          </p>
        )}
        {levels.map((level, index) => (
          <Fragment key={index}>
            <LevelBox level={level} number={index + 1} />
            {index < levels.length - 1 && <Arrow>{`no answer for ${waitWords(level.wait_ms)}`}</Arrow>}
          </Fragment>
        ))}
      </div>
      <Arrow>{`still no answer for ${waitWords(levels.at(-1)?.wait_ms ?? 0)}`}</Arrow>
      {next === null ? (
        <p className="pol-end">It ends here, and the room is told.</p>
      ) : (
        <p className="pol-end">
          It is handed to the policy{' '}
          <Go to={{ type: 'policy', id: next }}>{all.find((it) => it.id === next)?.name ?? next}</Go>
        </p>
      )}
      <Answered of={of} />
    </section>
  );
}

/** Which incidents go by it. */
function Lead({ of, all }: { readonly of: PolicyView; readonly all: readonly PolicyView[] }) {
  const { conditions, rules, teams, is_default: isDefault } = of;
  const givers = all.filter((it) => it.hand_to === of.id);
  const teamNames = useTeams(teams);
  const isConditional = conditions.severity.length + conditions.others.length > 0;
  return (
    <ul className="pol-lead" aria-label="What leads to it">
      {rules.map(({ id, name, enabled, when }) => (
        <li key={id}>
          Rule <strong>{name}</strong>
          {when.length > 0 && `: ${when.join(' and ')}`}
          {!enabled && ' (switched off)'}
        </li>
      ))}
      {teamNames.map((it) => (
        <li key={it}>
          Incidents of the team <strong>{it}</strong>
        </li>
      ))}
      <li>
        <Conditions of={conditions} />
      </li>
      {isDefault && isConditional && <li>Incidents that no other policy is for</li>}
      {givers.map((it) => (
        <li key={it.id}>
          What <Go to={{ type: 'policy', id: it.id }}>{it.name}</Go> hands on
        </li>
      ))}
    </ul>
  );
}

/** For which incidents a policy is. */
export function Conditions({ of: { severity, others } }: { readonly of: PolicyView['conditions'] }) {
  if (severity.length + others.length === 0) return <p>Incidents of every kind</p>;
  return (
    <p className="pol-for">
      Incidents that are
      {severity.map((it) => (
        <SeverityBadge key={it} severity={it} />
      ))}
      {others.map(({ field, values }) => (
        <span key={field} className="tag">
          {field}: {values.join(', ')}
        </span>
      ))}
    </p>
  );
}

function useTeams(ids: readonly string[]): string[] {
  const teams = useKnown(({ session }) => (session.type === 'in' ? session.view.teams : NO_TEAMS));
  return ids.map((id) => teams.find((it) => it.id === id)?.name ?? id);
}

const NO_TEAMS: readonly { readonly id: string; readonly name: string }[] = [];

function Arrow({ children }: { readonly children: string }) {
  return (
    <p className="pol-arrow">
      <Icon name="arrowDown" />
      <span>{children}</span>
    </p>
  );
}

function LevelBox({ level, number }: { readonly level: LevelView; readonly number: number }) {
  const {
    name,
    hours,
    severity,
    is_now: isNow,
    strategy,
    acks,
    when_empty: whenEmpty,
    is_dead: isDead,
  } = level;
  const isBranch = hours !== null || severity.length > 0;
  return (
    <div className={`pol-level${isDead ? ' is-dead' : ''}${isBranch ? ' is-branch' : ''}`}>
      <h3>
        <span className="pol-number">{number}</span>
        {name === '' || name === `Level ${number}` ? `Level ${number}` : name}
      </h3>
      {isBranch && (
        <p className="pol-when">
          Only
          {severity.map((it) => (
            <SeverityBadge key={it} severity={it} />
          ))}
          {hours !== null && (
            <span className="tag">
              <Icon name="clock" size={12} /> {hours}
              {isNow ? ', which is now' : ', not now'}
            </span>
          )}
          <span>else it is passed over</span>
        </p>
      )}
      <ul className={strategy === 'round-robin' ? 'pol-targets is-turns' : 'pol-targets'}>
        {level.targets.map((it, index) => (
          <Target key={index} of={it} />
        ))}
      </ul>
      <p className="pol-rules">
        {strategy === 'round-robin' && <span className="tag">One of them in turn</span>}
        {acks > 1 && <span className="tag">Until {acks} people have it</span>}
        {whenEmpty === 'hold' && <span className="tag">Waits even where nobody is reached</span>}
      </p>
      {isDead && (
        <Warning>
          This level reaches nobody now{whenEmpty === 'skip' ? ', so the next one comes at once' : ''}.
        </Warning>
      )}
    </div>
  );
}

const KINDS: Record<TargetView['kind'], { readonly says: string; readonly icon: IconName }> = {
  person: { says: '', icon: 'person' },
  team: { says: 'everybody of the team', icon: 'people' },
  schedule: { says: 'whoever is on call for', icon: 'calendar' },
  room: { says: 'the chat room on', icon: 'thread' },
  webhook: { says: 'the web address at', icon: 'link' },
  external: { says: 'the other system', icon: 'link' },
};

function Target({ of }: { readonly of: LevelView['targets'][number] }) {
  return (
    <li>
      <OneTarget of={of} />
      {of.fallbacks.map((it, index) => (
        <div key={index} className="pol-fallback">
          <span className="pol-or">or else</span>
          <OneTarget of={it} />
        </div>
      ))}
    </li>
  );
}

function OneTarget({ of }: { readonly of: TargetView }) {
  const { kind, id, name, people, why, unreachable } = of;
  const names = useNames().of;
  const { says, icon } = KINDS[kind];
  const isPeople = kind === 'person' || kind === 'team' || kind === 'schedule';
  const label: ReactNode =
    kind === 'schedule' ? <Go to={{ type: 'schedule', id }}>{name}</Go> : <strong>{name}</strong>;
  return (
    <div className="pol-target">
      {kind !== 'person' && (
        <p className="pol-target-name">
          <Icon name={icon} size={14} />
          <span>
            {says} {label}
          </span>
        </p>
      )}
      <div className="pol-people">
        {people.map((it) => (
          <Person key={it} id={it} size={24} />
        ))}
        {isPeople && people.length === 0 && (
          <span className="pol-nobody">
            {kind === 'person' ? `${nameIn(names, id)}: ` : ''}nobody now, {why}
          </span>
        )}
      </div>
      {unreachable.map((it) => (
        <Warning key={it.person}>{it.why}</Warning>
      ))}
    </div>
  );
}

/** What an answer does. */
function Answered({ of }: { readonly of: PolicyView }) {
  const { stop_on_ack: stops, resume_if_still_firing_after_ms: resume, unack_after_ms: unack } = of;
  return (
    <p className="pol-answered">
      <Icon name="check" size={14} />
      <span>
        {stops ? 'It stops as soon as somebody acknowledges.' : 'It goes on after somebody acknowledged.'}
        {resume !== null && ` Where alerts still fire ${waitWords(resume)} later it begins again.`}
        {unack !== null && ` Where nothing happens for ${waitWords(unack)} it begins again.`}
      </span>
    </p>
  );
}
