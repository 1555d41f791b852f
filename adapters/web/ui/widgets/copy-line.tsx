import { useState } from 'react';

import { copy } from './copy.ts';
import { Icon } from './icon.tsx';

/** A line to take elsewhere, and a button that does it. */
export function CopyLine({ line, label }: { readonly line: string; readonly label: string }) {
  const [state, setState] = useState<'' | 'copied' | 'refused'>('');
  async function run(): Promise<void> {
    setState((await copy(line)) ? 'copied' : 'refused');
  }
  return (
    <div className="copy-line">
      <pre className="code-block" tabIndex={0} role="region" aria-label={label}>
        {line}
      </pre>
      <button type="button" className="button button-plain button-small" onClick={() => void run()}>
        <Icon name={state === 'copied' ? 'check' : 'copy'} size={14} />
        {state === 'copied' ? 'Copied' : 'Copy'}
      </button>
      <span role="status" className={state === 'refused' ? 'copy-refused' : 'unseen'}>
        {state === 'refused' && 'The browser did not allow copying. Select the line and copy it by hand.'}
        {state === 'copied' && 'Copied'}
      </span>
    </div>
  );
}
