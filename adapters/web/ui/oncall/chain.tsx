import { useNames } from '../context.ts';
import { Go } from './go.tsx';
import type { LevelView, PolicyView, TargetView } from './views.ts';
import { listed, nameIn, waitWords, type Names } from './words.ts';

/** A policy in a few words: who is asked first, and who after how long. */
export function Chain({ policy }: { readonly policy: PolicyView }) {
  const names = useNames().of;
  const { levels, repeat } = policy;
  return (
    <div className="oncall-chain">
      <h3>
        Who is paged: <Go to={{ type: 'policy', id: policy.id }}>{policy.name}</Go>
      </h3>
      <ol>
        {levels.map((level, index) => (
          <li key={index} className={level.is_dead ? 'is-dead' : undefined}>
            <span className="oncall-chain-after">{afterWords(levels, index)}</span>
            <span>{whoWords(level, names)}</span>
          </li>
        ))}
        {repeat.times > 0 && (
          <li>
            <span className="oncall-chain-after">then</span>
            <span>
              all of it again, {repeat.times} {repeat.times === 1 ? 'time' : 'times'}
            </span>
          </li>
        )}
      </ol>
    </div>
  );
}

/** How long after the beginning a level is paged now; one that does not apply or reaches nobody costs no time. */
function afterWords(levels: readonly LevelView[], index: number): string {
  if (levels[index]?.is_now === false) return 'not now';
  const before = levels.slice(0, index).filter(isWaitedFor);
  const ms = before.reduce((sum, it) => sum + it.wait_ms, 0);
  return ms === 0 ? 'at once' : `after ${waitWords(ms)}`;
}

function isWaitedFor({ is_now: isNow, is_dead: isDead, when_empty: whenEmpty }: LevelView): boolean {
  return isNow && (!isDead || whenEmpty === 'hold');
}

function whoWords(level: LevelView, names: Names): string {
  const { targets, is_dead: isDead, strategy, severity, hours } = level;
  const words = targets
    .map((it) => [it, ...it.fallbacks].find(reaches) ?? it)
    .map((it) => targetWords(it, names));
  const who = strategy === 'round-robin' ? `one of ${listed(words, 'or')}` : listed(words);
  const only = [...severity, hours ?? ''].filter((it) => it !== '').join(', ');
  const said = only === '' ? who : `${who} (${only} only)`;
  return isDead ? `${said}: reaches nobody` : said;
}

function reaches({ kind, people }: TargetView): boolean {
  return people.length > 0 || kind === 'room' || kind === 'webhook' || kind === 'external';
}

function targetWords({ kind, name, people, why }: TargetView, names: Names): string {
  const who = listed(people.map((it) => nameIn(names, it)));
  if (kind === 'person') return name;
  if (kind === 'team' || kind === 'schedule') return who === '' ? `${name} (${why})` : who;
  return `${kind} ${name}`;
}
