import { useNow } from '../clock.ts';
import { useNames } from '../context.ts';
import { SEVERITIES, type Severity } from '../net/rest.ts';
import { useAsked } from './asked.ts';
import { Waiting, Warning } from './person.tsx';
import type { SimulationView, StepView } from './views.ts';
import { clockWords, inZone, listed, nameIn, type Names } from './words.ts';
import { ownZone } from './zone.ts';

/** Who would be paged now, minute by minute, if nobody answered. `path` is where that is asked, `why` whether to say why so. */
export function Simulation({ path, why = false }: { readonly path: string; readonly why?: boolean }) {
  const asked = useAsked<SimulationView>(path);
  const now = useNow(60_000);
  if (!asked.data) return <Waiting error={asked.error} />;
  const { policy, steps, why: because } = asked.data;
  const groups = grouped(steps);
  const last = steps.at(-1);
  // That it ends is no step that fails.
  const end = last && isEnd(last) ? last : null;
  const dead = steps.filter((it) => it.is_dead && it !== end).length;
  return (
    <div className="sim">
      {(why || policy === null) && (
        <p>
          {policy !== null && <strong>Policy {policy}. </strong>}
          {inZone(because, now, ownZone())}
        </p>
      )}
      {policy === null && <Warning>Nobody would be paged.</Warning>}
      <ol className="sim-steps">
        {groups.map((it, index) => (
          <Step key={index} group={it} before={groups[index - 1]} isEnd={it.step === end} now={now} />
        ))}
      </ol>
      {steps.length > 0 && (
        <p className="oncall-along">
          Nobody was paged for this.{' '}
          {dead === 0 ? 'Every step can reach somebody.' : `${dead} of ${steps.length} steps reach nobody.`}
        </p>
      )}
    </div>
  );
}

/** Steps of the same moment that say the same, of one or several people. */
interface Group {
  readonly step: StepView;
  readonly all: readonly StepView[];
}

function grouped(steps: readonly StepView[]): Group[] {
  const groups: Group[] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    const isSame = last && keyOf(last.step) === keyOf(step);
    if (isSame) groups[groups.length - 1] = { ...last, all: [...last.all, step] };
    else groups.push({ step, all: [step] });
  }
  return groups;
}

function keyOf({ minute, level, by, why, is_dead: isDead, to }: StepView): string {
  return JSON.stringify([minute, level, by, why, isDead, to === null]);
}

function Step({
  group: { step, all },
  before,
  isEnd: isLast,
  now,
}: {
  readonly group: Group;
  readonly before: Group | undefined;
  readonly isEnd: boolean;
  readonly now: number;
}) {
  const names = useNames().of;
  const zone = ownZone();
  const isLater = step.minute !== before?.step.minute;
  const who = listed(all.flatMap((it) => toWords(it, names)));
  const by = step.by === null || who === '' || step.by === step.to?.kind ? '' : ` by ${step.by}`;
  return (
    <li className={step.is_dead ? 'is-dead' : undefined}>
      <span className="sim-when">
        {isLater && <b>{step.minute === 0 ? 'at once' : `+${step.minute} min`}</b>}
        {isLater && <small>{clockWords(Date.parse(step.at), zone)}</small>}
      </span>
      <span className="sim-level" title={step.level_name}>
        <span className="unseen">level </span>
        {step.level}
      </span>
      <span className="sim-what">
        <b>
          {isLast && 'It ends'}
          {!isLast && step.is_dead && 'Reaches nobody'}
          {step.is_dead && who !== '' && ': '}
          {who}
          {by}
        </b>
        <span>{inZone(capital(step.why), now, zone)}</span>
      </span>
    </li>
  );
}

/** The word to the room with which a run is over. */
function isEnd({ to, is_dead: isDead }: StepView): boolean {
  return to === null && isDead;
}

function toWords({ to }: StepView, names: Names): string[] {
  if (!to) return [];
  return [to.kind === 'person' ? nameIn(names, to.id) : `${to.kind} ${to.id}`];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** How bad it would be. */
export function PickSeverity({
  value,
  onChange,
}: {
  readonly value: Severity;
  readonly onChange: (severity: Severity) => void;
}) {
  return (
    <fieldset className="cal-switch">
      <legend className="unseen">Severity</legend>
      {SEVERITIES.map((it) => (
        <label key={it}>
          <input type="radio" name="severity" checked={value === it} onChange={() => onChange(it)} />
          {it}
        </label>
      ))}
    </fieldset>
  );
}
