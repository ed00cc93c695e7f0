/**
 * Socket Mode, Slack's side: connections that the app opened, envelopes sent over one of them, and their
 * acknowledgements. Interactive envelopes and commands are sent once; events up to four times.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import { isObject, type Json } from './check.ts';

export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

/** What became of an envelope: the payload of the first acknowledgement (often empty), or why there is none. */
export type Delivery = Readonly<
  { kind: 'acked'; payload: Json } | { kind: 'silent'; code: 'operation_timeout' | 'dispatch_failed' }
>;

export interface Sockets {
  readonly connections: number;
  /** A path that one connection may be opened with, once. */
  ticket(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sends one payload in `copies` envelopes, each over the next connection, and waits for the first ack. */
  deliver(type: EnvelopeType, payload: Json, retry?: Retry, copies?: number): Promise<Delivery>;
  drop(): void;
  disconnect(reason: string): void;
  /** Says goodbye to every connection, and cuts those that do not answer. */
  close(): Promise<void>;
}

export type Retry = Readonly<{ attempt: number; reason: string }>;
type Waiting = Readonly<{ socket: WebSocket; settle: (delivery: Delivery) => void }>;
type Config = Readonly<{ appId: string; ackWithin: number; pingEvery: number; changed: () => void }>;

/** Slack allows an app this many connections at a time. */
const MOST_CONNECTIONS = 10;
const silent = (code: 'operation_timeout' | 'dispatch_failed'): Delivery => ({ kind: 'silent', code });

export function createSockets(config: Config): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  const open = new Set<WebSocket>();
  const tickets = new Set<string>();
  const waiting = new Map<string, Waiting>();
  let turn = 0;
  const pings = setInterval(
    () => open.forEach((socket) => socket.ping(`Ping from sandbox`)),
    config.pingEvery,
  );
  pings.unref();

  const welcome = (socket: WebSocket) => {
    if (open.size >= MOST_CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      return socket.close();
    }
    open.add(socket);
    socket.on('message', (data) => acknowledge(waiting, textOf(data)));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => leave(socket));
    socket.send(JSON.stringify(hello(config.appId, open.size)));
    config.changed();
  };

  const leave = (socket: WebSocket) => {
    open.delete(socket);
    for (const each of waiting.values()) if (each.socket === socket) each.settle(silent('operation_timeout'));
    config.changed();
  };

  const sendOne = (type: EnvelopeType, payload: Json, retry: Retry | undefined): Promise<Delivery> => {
    const ready = [...open].filter((socket) => socket.readyState === WebSocket.OPEN);
    const socket = ready[turn++ % Math.max(1, ready.length)];
    if (socket === undefined) return Promise.resolve(silent('dispatch_failed'));
    const envelope = envelopeOf(type, payload, retry);
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(silent('operation_timeout')), config.ackWithin);
      const settle = (delivery: Delivery) => {
        clearTimeout(timer);
        waiting.delete(envelope.envelope_id);
        resolve(delivery);
      };
      waiting.set(envelope.envelope_id, { socket, settle });
      socket.send(JSON.stringify(envelope));
    });
  };

  return {
    get connections() {
      return open.size;
    },
    ticket() {
      const ticket = randomBytes(16).toString('hex');
      tickets.add(ticket);
      return `/link/?ticket=${ticket}&app_id=${config.appId}`;
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
      if (!tickets.delete(ticket))
        return void socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      server.handleUpgrade(request, socket, head, welcome);
    },
    deliver: (type, payload, retry, copies = 1) =>
      firstAck(Array.from({ length: copies }, () => sendOne(type, payload, retry))),
    drop: () => open.forEach((socket) => socket.terminate()),
    disconnect: (reason) =>
      open.forEach((socket) =>
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } })),
      ),
    async close() {
      clearInterval(pings);
      await Promise.all([...open].map(farewell));
      server.close();
    },
  };
}

/**
 * Closes as the protocol asks. A connection cut in the midst of the client's own goodbye makes Bolt forget a
 * timer that keeps its process alive for 30 s (socket-mode 3.1).
 */
const farewell = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), 1000);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1001);
  });

/** The first that was acknowledged; when none was, the last word of the silence. */
async function firstAck(sent: readonly Promise<Delivery>[]): Promise<Delivery> {
  const acked = sent.map(async (each) => {
    const delivery = await each;
    return delivery.kind === 'acked' ? delivery : Promise.reject(new Error(delivery.code));
  });
  try {
    return await Promise.any(acked);
  } catch {
    return (await sent[0]) ?? silent('dispatch_failed');
  }
}

const textOf = (data: RawData): string =>
  Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data as Uint8Array)]).toString();

/** An ack that nobody waits for any more (too late, or a second one) changes nothing, as with Slack. */
function acknowledge(waiting: ReadonlyMap<string, Waiting>, data: string): void {
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return;
  }
  if (!isObject(message) || typeof message['envelope_id'] !== 'string') return;
  const payload = isObject(message['payload']) ? message['payload'] : {};
  waiting.get(message['envelope_id'])?.settle({ kind: 'acked', payload });
}

const hello = (appId: string, connections: number) => ({
  type: 'hello',
  num_connections: connections,
  debug_info: { host: 'sandbox', build_number: 1, approximate_connection_time: 18_060 },
  connection_info: { app_id: appId },
});

const envelopeOf = (type: EnvelopeType, payload: Json, retry: Retry | undefined) => ({
  envelope_id: randomUUID(),
  type,
  accepts_response_payload: type !== 'events_api',
  payload,
  ...(type === 'events_api' ? { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' } : {}),
});
