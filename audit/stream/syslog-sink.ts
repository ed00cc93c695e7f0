import { hostname } from 'node:os';
import { connect, type TLSSocket } from 'node:tls';
import { isIP } from 'node:net';
import { messageOf } from '../../core/faults.ts';
import { type Sink, SinkUnavailable } from './sink.ts';
import { frame, syslogMessage } from './syslog-message.ts';

/** `ca`: the authority that signed the server's certificate, in PEM; those of Node when it is undefined. */
export type SyslogSink = Readonly<{
  name: string;
  host: string;
  port: number;
  ca?: string;
  /** How long the whole exchange may take. */
  answerMs?: number;
}>;

const ANSWER_MS = 15_000;
const LEAST_WAIT_MS = 20;

/**
 * A syslog server over TLS (RFC 5425). Syslog has no acknowledgement. So each batch has a connection of its own, and counts as sent only
 * when we ended the connection and the server ended it in order: then it has read everything before.
 */
export const syslogSink = (sink: SyslogSink): Sink => ({
  name: sink.name,
  async send(records, signal) {
    const host = hostname();
    const bytes = Buffer.concat(records.map((record) => frame(syslogMessage(record, host))));
    try {
      await deliver(sink, bytes, AbortSignal.any([signal, AbortSignal.timeout(sink.answerMs ?? ANSWER_MS)]));
    } catch (error) {
      throw new SinkUnavailable(`${sink.name} does not take records: ${messageOf(error)}`, { cause: error });
    }
    return records.length;
  },
  close: () => Promise.resolve(),
});

/** Resolves when the server read everything and ended the connection in order. */
async function deliver({ host, port, ca }: SyslogSink, bytes: Buffer, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const socket = connect({
    ...{ host, port, minVersion: 'TLSv1.2', rejectUnauthorized: true },
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
  });
  const abort = (): void =>
    void socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('it was stopped'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    await writeAndEnd(socket, bytes);
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
  }
}

/**
 * Writes the records, waits at least as long as the TLS handshake took, and then ends the connection. A server that closed the connection
 * before it got the records is noticed during the wait. When it closes later with unread bytes, TCP sends a reset, and this rejects.
 */
const writeAndEnd = (socket: TLSSocket, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const begun = performance.now();
    let isEnding = false;
    const end = (): void => {
      isEnding = true;
      socket.end();
    };
    socket.on('error', reject);
    socket.once('secureConnect', () => {
      const waitMs = Math.max(performance.now() - begun, LEAST_WAIT_MS);
      socket.write(bytes, () => setTimeout(end, waitMs));
    });
    socket.once('end', () => {
      if (isEnding) resolve();
      else reject(new Error('the server ended the connection before it had everything'));
    });
    socket.once('close', () => reject(new Error('the connection was lost')));
    socket.resume();
  });
