import { useState, type SubmitEvent } from 'react';

import type { Severity } from '../net/rest.ts';
import { useAsked } from './asked.ts';
import { Go } from './go.tsx';
import { Waiting, Warning } from './person.tsx';
import { Conditions, Picture } from './picture.tsx';
import { PickSeverity, Simulation } from './simulation.tsx';
import type { PolicyView } from './views.ts';

const PATH = '/api/v1/policies';

/** All policies, and the question which of them an incident would go by. */
export function Policies() {
  const { data, error } = useAsked<readonly PolicyView[]>(PATH);
  if (!data) return <Waiting error={error} />;
  return (
    <>
      <header className="oncall-head">
        <h1>Who is paged when</h1>
        <p className="home-lead">
          A policy says who is paged for an incident, and who after that when nobody answers.
        </p>
      </header>
      {data.length === 0 && (
        <Warning>
          There is no policy, so nobody is paged by itself. Write one into a file such as{' '}
          <code>manifests/on-call.example.yaml</code> and apply it with{' '}
          <code>npm run incident -- config apply on-call.yaml</code>.
        </Warning>
      )}
      <ul className="pol-list">
        {data.map((it) => (
          <Row key={it.id} of={it} />
        ))}
      </ul>
      {data.length > 0 && <Try />}
    </>
  );
}

function Row({ of }: { readonly of: PolicyView }) {
  const dead = of.levels.filter((it) => it.is_dead).length;
  return (
    <li>
      <h2>
        <Go to={{ type: 'policy', id: of.id }}>{of.name}</Go>
      </h2>
      <p>
        {of.levels.length === 1 ? '1 level' : `${of.levels.length} levels`}
        {!of.enabled && <span className="tag">Switched off</span>}
        {of.is_default && <span className="tag">Where no other is for it</span>}
      </p>
      <Conditions of={of.conditions} />
      {dead > 0 && <Warning>{dead === 1 ? '1 level reaches' : `${dead} levels reach`} nobody now.</Warning>}
    </li>
  );
}

/** What would happen if a service broke now. */
function Try() {
  const [severity, setSeverity] = useState<Severity>('P1');
  const [service, setService] = useState('');
  const ask = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget).get('service');
    setService(typeof said === 'string' ? said.trim() : '');
  };
  return (
    <section className="pol-try">
      <h2>What if it broke now?</h2>
      <form className="pol-ask" onSubmit={ask}>
        <label className="field">
          A service
          <input name="service" required maxLength={100} autoComplete="off" placeholder="checkout" />
        </label>
        <PickSeverity value={severity} onChange={setSeverity} />
        <button type="submit" className="button button-plain">
          See who would be paged
        </button>
      </form>
      {service !== '' && (
        <Simulation
          why
          path={`/api/v1/simulation?${new URLSearchParams({ service, severity }).toString()}`}
        />
      )}
    </section>
  );
}

/** One policy as a picture, and what it would do now. */
export function Policy({ id }: { readonly id: string }) {
  const { data, error } = useAsked<readonly PolicyView[]>(PATH);
  const [severity, setSeverity] = useState<Severity>('P1');
  if (!data) return <Waiting error={error} />;
  const policy = data.find((it) => it.id === id);
  if (!policy) {
    return (
      <>
        <Waiting error={`There is no policy ${id} any more.`} />
        <Go to={{ type: 'policies' }}>All policies</Go>
      </>
    );
  }
  const path = `${PATH}/${encodeURIComponent(id)}/simulation?severity=${severity}`;
  return (
    <>
      <header className="oncall-head">
        <h1>{policy.name}</h1>
        {!policy.enabled && <span className="tag">Switched off</span>}
        {policy.description !== '' && <p className="home-lead">{policy.description}</p>}
      </header>
      <div className="pol-beside">
        <Picture of={policy} all={data} />
        <section className="pol-now" aria-label="What would happen now">
          <div className="pol-now-head">
            <h2>What would happen now</h2>
            <PickSeverity value={severity} onChange={setSeverity} />
          </div>
          <Simulation path={path} />
        </section>
      </div>
    </>
  );
}
