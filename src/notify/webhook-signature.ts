import { createHmac } from 'node:crypto';

/**
 * The headers of Standard Webhooks 1.0: which delivery it is, when it was made, and
 * HMAC-SHA256 over both and the body. The time keeps an old one from being sent again.
 */
export function signWebhook(
  secret: string,
  url: string,
  { id, body, at }: { id: string; body: string; at: Date },
): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const signed = createHmac('sha256', keyOf(secret, url)).update(`${id}.${timestamp}.${body}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signed.digest('base64')}`,
  };
}

/**
 * What the receiver at `url` checks with; shown to whoever enters the address. Each
 * has one of its own, so that none of them can sign what another one believes.
 *
 * @param url as the channel's `parse` gave it
 */
export function webhookSecret(secret: string, url: string): string {
  return `whsec_${keyOf(secret, url).toString('base64')}`;
}

function keyOf(secret: string, url: string): Buffer {
  return createHmac('sha256', secret).update(`webhook receiver, 1\n${url}`).digest();
}
