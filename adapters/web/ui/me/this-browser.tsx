import { useEffect, useState } from 'react';

import { useApp } from '../context.ts';
import { subscribe, subscriptionHere, whyNoPush } from './browser-push.ts';
import { Switch } from './switch.tsx';
import type { OwnView } from './views.ts';

interface Props {
  readonly own: OwnView;
  readonly onChange: (own: OwnView) => void;
}

/** Whether this very browser tells the reader, also while the page is closed. */
export function ThisBrowser(props: Props) {
  const { isOn, isBusy, wrong, switchTo } = useThisBrowser(props);
  const why = props.own.push_key === null ? 'Browsers are not told by this server.' : whyNoPush();
  const label = 'Tell me on this device';
  return (
    <div className="this-browser">
      <div>
        <strong>{label}</strong>
        <p className="field-help">
          {why ?? 'A notification of this browser, also while this page is closed.'}
        </p>
        {wrong !== '' && (
          <p className="field-error" role="alert">
            {wrong}
          </p>
        )}
      </div>
      {why === null && <Switch label={label} on={isOn} busy={isBusy} onChange={(on) => void switchTo(on)} />}
    </div>
  );
}

function useThisBrowser({ own, onChange }: Props) {
  const app = useApp();
  const [here, setHere] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const contact = own.contacts.find(({ endpoint }) => endpoint !== null && endpoint === here);
  useEffect(() => {
    void subscriptionHere().then((it) => setHere(it?.endpoint));
  }, []);

  async function switchTo(on: boolean): Promise<void> {
    setBusy(true);
    setWrong('');
    try {
      await (on ? turnOn() : turnOff());
    } catch (error) {
      setWrong(error instanceof Error ? error.message : 'It did not work. Please try again.');
    }
    setBusy(false);
  }
  async function turnOn(): Promise<void> {
    const address = await subscribe(own.push_key ?? '');
    const body = { kind: 'push', address };
    const { own: changed } = await app.api.post<{ readonly own: OwnView }>('/api/v1/me/contacts', body);
    setHere((JSON.parse(address) as { endpoint: string }).endpoint);
    onChange(changed);
  }
  async function turnOff(): Promise<void> {
    await (await subscriptionHere())?.unsubscribe();
    setHere(undefined);
    if (!contact) return;
    onChange(await app.api.remove<OwnView>(`/api/v1/me/contacts/${encodeURIComponent(contact.id)}`));
  }
  return { isOn: contact !== undefined, isBusy, wrong, switchTo };
}
