import { z } from 'zod';

import { setting } from './config-chat.ts';

/** The settings of the queues that alerts come by, beside the webhooks. */
export const INTAKE_SETTINGS = {
  RABBITMQ_URL: setting(
    "A RabbitMQ that Sentinel's alerts are taken from, like `amqps://user:password@host/vhost`.",
    z.url({ protocol: /^amqps?$/ }).optional(),
  ),
  RABBITMQ_QUEUE: setting(
    'The durable queue at the exchange sentinel.alerts; what cannot be read goes to the one with `.dead` after it.',
    z
      .string()
      .regex(/^[\w.:/-]{1,200}$/, 'letters, digits and . : / - _, at most 200')
      .default('incident-manager.alerts'),
  ),
} as const;

type Schemas = { readonly [K in keyof typeof INTAKE_SETTINGS]: (typeof INTAKE_SETTINGS)[K]['schema'] };
type Raw = z.output<z.ZodObject<Schemas>>;

export interface IntakeSettings {
  /** Undefined: alerts come by HTTP alone. */
  readonly rabbitmq: { readonly url: string; readonly queue: string } | undefined;
}

export function toIntake(raw: Raw): IntakeSettings {
  const { RABBITMQ_URL: url, RABBITMQ_QUEUE: queue } = raw;
  return { rabbitmq: url === undefined ? undefined : { url, queue } };
}
