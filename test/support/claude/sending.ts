import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Message } from './answer.ts';
import type { Checked } from './check-request.ts';
import type { Fault } from './faults.ts';
import type { Entry } from './journal.ts';
import type { Billed } from './ledger.ts';
import { Refused } from './refusal.ts';
import { gone, writeInPieces } from './server.ts';
import { event, eventsOf, pieces } from './stream.ts';

export function send(response: ServerResponse, entry: Entry, status: number, body: unknown): void {
  entry.status = status;
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** An error in the API's own form. */
export function refuse(response: ServerResponse, entry: Entry, refused: Refused): void {
  const { type, message, details, status } = refused;
  send(response, entry, status, {
    type: 'error',
    error: { type, message, ...(details ? { details } : {}) },
    request_id: entry.requestId,
  });
}

/** Whether the fault was all there is: it stands before anything was thought, and costs nothing. */
export async function sendFault(response: ServerResponse, entry: Entry, fault: Fault): Promise<boolean> {
  if (fault.kind === 'reset') {
    response.destroy();
    return true;
  }
  if (fault.kind === 'silence') {
    await gone(response);
    return true;
  }
  if (fault.kind !== 'status') return false;
  for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
  if (fault.html !== undefined) {
    entry.status = fault.status;
    response.writeHead(fault.status, { 'content-type': 'text/html' });
    response.end(fault.html);
    return true;
  }
  const { type = 'api_error', message = 'Something went wrong', details, status } = fault;
  refuse(response, entry, new Refused(status, type, message, details));
  return true;
}

export interface Sending {
  readonly message: Message;
  readonly request: Checked;
  readonly fault: Fault | null;
  readonly bill: (told: Billed['told']) => void;
  readonly isCrlf: boolean;
}

/** The answer, or as much of it as the fault lets through. It is billed all the same. */
export async function sendMessage(response: ServerResponse, entry: Entry, sending: Sending): Promise<void> {
  const { fault, request, bill, message } = sending;
  if (fault?.kind === 'late') await sleep(fault.ms, null, { ref: false });
  if (fault?.kind === 'body') {
    bill('nothing');
    entry.status = 200;
    response.writeHead(200, { 'content-type': fault.contentType });
    response.end(fault.body);
    return;
  }
  if (request.isStream) return await stream(response, entry, sending);
  if (fault?.kind === 'stream-error') {
    return refuse(response, entry, new Refused(529, 'overloaded_error', 'Overloaded'));
  }
  const isBroken = fault?.kind === 'stall' || fault?.kind === 'cut' || fault?.kind === 'ends';
  bill(isBroken || response.destroyed ? 'nothing' : 'all');
  if (!isBroken) return send(response, entry, 200, message.fields);
  const body = Buffer.from(JSON.stringify(message.fields));
  entry.status = 200;
  response.writeHead(200, { 'content-type': 'application/json' });
  await writeInPieces(response, [body.subarray(0, body.length / 2)]);
  await breakOff(response, fault.kind);
}

async function stream(response: ServerResponse, entry: Entry, sending: Sending): Promise<void> {
  const { fault, message, bill, isCrlf } = sending;
  const events = eventsOf(message);
  const isBroken = ['stall', 'cut', 'ends', 'stream-error'].includes(String(fault?.kind));
  const said = isBroken ? events.slice(0, Math.ceil(events.length / 2)) : events;
  if (fault?.kind === 'stream-error') {
    said.push(event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }));
  }
  bill(response.destroyed ? 'nothing' : isBroken ? 'part' : 'all');
  entry.status = 200;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  await writeInPieces(response, pieces(said.join(''), isCrlf));
  if (fault?.kind === 'stall' || fault?.kind === 'cut') return await breakOff(response, fault.kind);
  response.end();
}

export async function breakOff(response: ServerResponse, kind: 'stall' | 'cut' | 'ends'): Promise<void> {
  if (kind === 'stall') return await gone(response);
  if (kind === 'cut') response.destroy();
  else response.end();
}
