import type { Channel } from '../channel.ts';
import type { Resolve } from '../guarded.ts';
import type { TwilioSettings } from '../twilio.ts';
import { makeEmail, type EmailSettings } from './email.ts';
import { makeNtfy, type NtfySettings } from './ntfy.ts';
import { makeOpsgenie, type OpsgenieSettings } from './opsgenie.ts';
import { makePagerduty, type PagerdutySettings } from './pagerduty.ts';
import { makePush, type PushSettings } from './push.ts';
import { makeSms } from './sms.ts';
import { makeVoice } from './voice.ts';
import { makeWebhook } from './webhook.ts';

/** What is set of each; undefined: it is not there. */
export interface ChannelSettings {
  readonly email: EmailSettings | undefined;
  readonly twilio: TwilioSettings | undefined;
  readonly pagerduty: PagerdutySettings;
  readonly opsgenie: OpsgenieSettings | undefined;
  readonly push: PushSettings | undefined;
  readonly ntfy: NtfySettings | undefined;
  /** Whether addresses that people enter may be in our own network. */
  readonly allowPrivate: boolean;
}

export interface ChannelDeps {
  /** What webhooks are signed with. */
  readonly secret: string;
  readonly now: () => Date;
  /** Milliseconds a provider has to answer; 10 s where it is not given. */
  readonly timeoutMs?: number;
  /** Looks up names that people entered; the system's resolver where it is not given. */
  readonly resolve?: Resolve;
}

/** Every channel that is set up. PagerDuty and webhooks need nothing: their addresses say it all. */
export function makeChannels(settings: ChannelSettings, deps: ChannelDeps): Channel[] {
  const { email, twilio, pagerduty, opsgenie, push, ntfy, allowPrivate } = settings;
  const { timeoutMs } = deps;
  return [
    ...(email ? [makeEmail(email, timeoutMs)] : []),
    ...(ntfy ? [makeNtfy(ntfy, timeoutMs)] : []),
    ...(opsgenie ? [makeOpsgenie(opsgenie, timeoutMs)] : []),
    makePagerduty(pagerduty, timeoutMs),
    ...(push ? [makePush(push, { ...deps, allowPrivate })] : []),
    ...(twilio ? [makeSms(twilio, timeoutMs), makeVoice(twilio, timeoutMs)] : []),
    makeWebhook({ ...deps, allowPrivate }),
  ];
}
