import { SEVERITIES } from '../net/rest.ts';
import { Labelled } from './labelled.tsx';
import type { RulesPart } from './steps.tsx';
import type { QuietView } from './views.ts';

const MINUTE = 60_000;
const QUIET: Omit<QuietView, 'zone'> = {
  from: '22:00',
  to: '07:00',
  break_through: { severities: [], urgencies: ['high'] },
};
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((it) => it !== 'UTC')];

/** The hours in which nobody disturbs the reader, and what comes through all the same. */
export function Quiet({ own, draft, wrong, change }: RulesPart) {
  const { quiet } = draft;
  const put = (part: Partial<QuietView>) => quiet && change({ quiet: { ...quiet, ...part } });
  return (
    <fieldset className="rule">
      <legend>Quiet hours</legend>
      <label className="check">
        <input
          type="checkbox"
          checked={quiet !== null}
          onChange={(event) =>
            change({ quiet: event.currentTarget.checked ? { ...QUIET, zone: own.timezone } : null })
          }
        />
        Do not disturb me at certain hours
      </label>
      {quiet && (
        <>
          <div className="form-row">
            {(['from', 'to'] as const).map((it) => (
              <Labelled key={it} label={it === 'from' ? 'From' : 'To'} fault={wrong.get(`quiet.${it}`)}>
                {(ties) => (
                  <input
                    {...ties}
                    type="time"
                    value={quiet[it]}
                    onChange={(event) => put({ [it]: event.currentTarget.value })}
                  />
                )}
              </Labelled>
            ))}
            <Labelled label="Time zone" fault={wrong.get('quiet.zone')}>
              {(ties) => (
                <select
                  {...ties}
                  value={quiet.zone}
                  onChange={(event) => put({ zone: event.currentTarget.value })}
                >
                  {!ZONES.includes(quiet.zone) && <option value={quiet.zone}>{quiet.zone}</option>}
                  {ZONES.map((it) => (
                    <option key={it} value={it}>
                      {it}
                    </option>
                  ))}
                </select>
              )}
            </Labelled>
          </div>
          <BreakThrough quiet={quiet} put={put} />
        </>
      )}
    </fieldset>
  );
}

function BreakThrough({
  quiet,
  put,
}: {
  readonly quiet: QuietView;
  readonly put: (part: Partial<QuietView>) => unknown;
}) {
  const { severities, urgencies } = quiet.break_through;
  const isHigh = urgencies.includes('high');
  return (
    <div className="checks" role="group" aria-label="What comes through all the same">
      <span>What comes through all the same:</span>
      <label className="check">
        <input
          type="checkbox"
          checked={isHigh}
          onChange={(event) => {
            const others = urgencies.filter((it) => it !== 'high');
            const changed = event.currentTarget.checked ? [...others, 'high' as const] : others;
            put({ break_through: { severities, urgencies: changed } });
          }}
        />
        high urgency
      </label>
      {SEVERITIES.map((severity) => (
        <label key={severity} className="check">
          <input
            type="checkbox"
            checked={severities.includes(severity)}
            onChange={(event) => {
              const isOn = event.currentTarget.checked;
              const changed = SEVERITIES.filter((it) => (it === severity ? isOn : severities.includes(it)));
              put({ break_through: { severities: changed, urgencies } });
            }}
          />
          {severity}
        </label>
      ))}
    </div>
  );
}

/** How many messages are too many, and what is told together. */
export function Limits(props: RulesPart) {
  return (
    <fieldset className="rule">
      <legend>When it is too much</legend>
      <Throttle {...props} />
      <Bundle {...props} />
    </fieldset>
  );
}

function Throttle({ draft: { throttle }, wrong, change }: RulesPart) {
  return (
    <div className="limit">
      <label className="check">
        <input
          type="checkbox"
          checked={throttle !== null}
          onChange={(event) =>
            change({ throttle: event.currentTarget.checked ? { max: 5, window_ms: 10 * MINUTE } : null })
          }
        />
        Not more messages than I can read
      </label>
      {throttle && (
        <span className="step-line field">
          At most
          <Amount
            label="At most so many messages"
            value={throttle.max}
            isWrong={wrong.has('throttle.max')}
            onChange={(max) => change({ throttle: { ...throttle, max } })}
          />
          to one contact in
          <Amount
            label="In so many minutes"
            value={throttle.window_ms / MINUTE}
            isWrong={wrong.has('throttle.window_ms')}
            onChange={(it) => change({ throttle: { ...throttle, window_ms: Math.round(it * MINUTE) } })}
          />
          min
        </span>
      )}
      <Fault text={wrong.get('throttle.max')} />
      <Fault text={wrong.get('throttle.window_ms')} />
    </div>
  );
}

function Bundle({ draft: { bundle_ms: bundle }, wrong, change }: RulesPart) {
  return (
    <div className="limit">
      <label className="check">
        <input
          type="checkbox"
          checked={bundle !== null}
          onChange={(event) => change({ bundle_ms: event.currentTarget.checked ? 10 * MINUTE : null })}
        />
        Low-urgency pages together
      </label>
      {bundle !== null && (
        <span className="step-line field">
          Those within
          <Amount
            label="Those within so many minutes"
            value={bundle / MINUTE}
            isWrong={wrong.has('bundle_ms')}
            onChange={(it) => change({ bundle_ms: Math.round(it * MINUTE) })}
          />
          min become one message
        </span>
      )}
      <Fault text={wrong.get('bundle_ms')} />
    </div>
  );
}

/** A number, of minutes or of messages. */
function Amount(props: {
  readonly label: string;
  readonly value: number;
  readonly isWrong: boolean;
  readonly onChange: (value: number) => void;
}) {
  const { label, value, isWrong, onChange } = props;
  return (
    <input
      type="number"
      min={0}
      step="any"
      className="step-minutes"
      aria-label={label}
      aria-invalid={isWrong}
      value={Number.isNaN(value) ? '' : value}
      onChange={(event) => onChange(event.currentTarget.valueAsNumber)}
    />
  );
}

function Fault({ text }: { readonly text: string | undefined }) {
  return text === undefined ? null : <p className="field-error">{text}</p>;
}
