/**
 * A minimal Socket Mode client. It records what Slack sends and acknowledges only when a test calls `ack`.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { SlackServer } from '../../slack/server.ts';
import { call, TOKENS } from './tiny-app.fixture.ts';

export type Received = Readonly<{
  type: string;
  envelope_id: string;
  payload: Readonly<Record<string, unknown>>;
  [field: string]: unknown;
}>;

export type RawSocket = Readonly<{
  socket: WebSocket;
  received: readonly Received[];
  /** The next message. Each message is returned once. */
  next: () => Promise<Received>;
  ack: (envelope: Received, payload?: object) => void;
}>;

export async function connect(slack: SlackServer): Promise<RawSocket> {
  const { url } = await call(slack, 'apps.connections.open', {}, TOKENS.appToken);
  const socket = new WebSocket(String(url));
  const received: Received[] = [];
  const waiting: ((message: Received) => void)[] = [];
  let taken = 0;
  socket.on('message', (data: Buffer) => {
    received.push(JSON.parse(data.toString()) as Received);
    if (waiting.length > 0) waiting.shift()?.(received[taken++] as Received);
  });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return {
    socket,
    received,
    next: () => {
      const there = received[taken];
      if (there !== undefined) return Promise.resolve((taken++, there));
      return new Promise((resolve) => waiting.push(resolve));
    },
    ack: (envelope, payload) => socket.send(JSON.stringify({ envelope_id: envelope.envelope_id, payload })),
  };
}
