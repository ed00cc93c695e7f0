/** The messages of a Socket Mode connection: hello, envelopes, acknowledgements. */
import { randomUUID } from 'node:crypto';
import type { RawData } from 'ws';
import { isObject, type Json } from './check.ts';

export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

/**
 * The result of sending an envelope: the payload of the first acknowledgement (often empty), or why there was
 * none.
 */
export type Delivery = Readonly<
  { kind: 'acked'; payload: Json } | { kind: 'unacknowledged'; code: 'operation_timeout' | 'dispatch_failed' }
>;

export type Retry = Readonly<{ attempt: number; reason: string }>;

/**
 * The id of the acknowledged envelope and the payload. Undefined when the message is not an acknowledgement.
 */
export function readAck(data: RawData): Readonly<{ id: string; payload: Json }> | undefined {
  const text = Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data as Uint8Array)]).toString();
  try {
    const message: unknown = JSON.parse(text);
    if (!isObject(message) || typeof message['envelope_id'] !== 'string') return undefined;
    return { id: message['envelope_id'], payload: isObject(message['payload']) ? message['payload'] : {} };
  } catch {
    return undefined;
  }
}

export const hello = (appId: string, connections: number) => ({
  type: 'hello',
  num_connections: connections,
  debug_info: { host: 'sandbox', build_number: 1, approximate_connection_time: 18_060 },
  connection_info: { app_id: appId },
});

export const envelopeOf = (type: EnvelopeType, payload: Json, retry: Retry | undefined) => ({
  envelope_id: randomUUID(),
  type,
  accepts_response_payload: type !== 'events_api',
  payload,
  ...(type === 'events_api' ? { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' } : {}),
});
