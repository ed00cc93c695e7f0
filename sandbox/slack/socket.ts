/**
 * Slack's side of Socket Mode: the app's connections, envelopes and acknowledgements. Interactive envelopes
 * and commands are sent once, events up to four times.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import type { Json } from './check.ts';
import { envelopeOf, hello, readAck, type Delivery, type EnvelopeType, type Retry } from './envelope.ts';

export interface Sockets {
  readonly connections: number;
  /** A path with which the app can open one connection, once. */
  ticket(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /**
   * Sends one payload in `copies` envelopes, each over the next connection, and waits for the first
   * acknowledgement.
   */
  deliver(type: EnvelopeType, payload: Json, retry?: Retry, copies?: number): Promise<Delivery>;
  drop(): void;
  disconnect(reason: string): void;
  /** Closes every connection with the closing handshake, and terminates those that do not respond. */
  close(): Promise<void>;
}

type PendingAck = Readonly<{ socket: WebSocket; settle: (delivery: Delivery) => void }>;
type Config = Readonly<{ appId: string; ackWithin: number; pingEvery: number; changed: () => void }>;

/** The number of connections that Slack allows an app at a time. */
const MOST_CONNECTIONS = 10;
const unacknowledged = (code: 'operation_timeout' | 'dispatch_failed'): Delivery => ({
  kind: 'unacknowledged',
  code,
});

export function createSockets(config: Config): Sockets {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024 * 1024 });
  const open = new Set<WebSocket>();
  const tickets = new Set<string>();
  const waiting = new Map<string, PendingAck>();
  let turn = 0;
  const pings = setInterval(
    () => open.forEach((socket) => socket.ping(`Ping from sandbox`)),
    config.pingEvery,
  );
  pings.unref();

  /** An acknowledgement that is too late or repeated changes nothing, as at Slack. */
  const acknowledge = (data: RawData) => {
    const ack = readAck(data);
    if (ack !== undefined) waiting.get(ack.id)?.settle({ kind: 'acked', payload: ack.payload });
  };

  const welcome = (socket: WebSocket) => {
    if (open.size >= MOST_CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      return socket.close();
    }
    open.add(socket);
    socket.on('message', (data) => acknowledge(data));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => leave(socket));
    socket.send(JSON.stringify(hello(config.appId, open.size)));
    config.changed();
  };

  const leave = (socket: WebSocket) => {
    open.delete(socket);
    for (const each of waiting.values())
      if (each.socket === socket) each.settle(unacknowledged('operation_timeout'));
    config.changed();
  };

  const sendOne = (type: EnvelopeType, payload: Json, retry: Retry | undefined): Promise<Delivery> => {
    const ready = [...open].filter((socket) => socket.readyState === WebSocket.OPEN);
    const socket = ready[turn++ % Math.max(1, ready.length)];
    if (socket === undefined) return Promise.resolve(unacknowledged('dispatch_failed'));
    const envelope = envelopeOf(type, payload, retry);
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(unacknowledged('operation_timeout')), config.ackWithin);
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
      socket.on('error', () => socket.destroy());
      const [, ticket = ''] = /^\/link\/\?ticket=([0-9a-f]+)/.exec(request.url ?? '') ?? [];
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
      await Promise.all([...open].map(closeGracefully));
      server.close();
    },
  };
}

/**
 * Closes a connection with the closing handshake. If the connection is terminated during the client's own
 * handshake, Bolt does not clear a timer that keeps its process alive for 30 s (socket-mode 3.1).
 */
const closeGracefully = (socket: WebSocket): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => socket.terminate(), 1000);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1001);
  });

/** The first delivery that was acknowledged. When none was, the first failure. */
async function firstAck(sent: readonly Promise<Delivery>[]): Promise<Delivery> {
  const acked = sent.map(async (each) => {
    const delivery = await each;
    return delivery.kind === 'acked' ? delivery : Promise.reject(new Error(delivery.code));
  });
  try {
    return await Promise.any(acked);
  } catch {
    return (await sent[0]) ?? unacknowledged('dispatch_failed');
  }
}
