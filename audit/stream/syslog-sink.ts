import { connect, isIP, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { messageOf } from '../../core/faults.ts';
import { bytesOf, checkNotReset } from './connection.ts';
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
  /** How long a reset is waited for after the server ended the connection. */
  resetMs?: number;
}>;

const ANSWER_MS = 15_000;
const LEAST_WAIT_MS = 20;
const RESET_MS = 1_000;

/**
 * A syslog server over TLS (RFC 5425). Syslog has no acknowledgement. So each batch has a connection of its own, and counts as sent when
 * the server ended it after we did, and did not reset it for a second after that. A server that closes a connection with unread bytes
 * resets it. What TCP does not show: a server that ended the connection without a read and keeps it open, and one that read records and
 * did not store them.
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

/** Resolves when the server ended the connection after us, and did not reset it. */
async function deliver(
  { host, port, ca, resetMs = RESET_MS }: SyslogSink,
  bytes: Buffer,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const connection = connect({ host, port, allowHalfOpen: true });
  const socket = connectTls({
    ...{ socket: bytesOf(connection), minVersion: 'TLSv1.2', rejectUnauthorized: true },
    ...(isIP(host) === 0 ? { servername: host } : { host }),
    ...(ca === undefined ? {} : { ca }),
  });
  const failed = failureOf(connection, signal);
  try {
    await Promise.race([writeAndEnd(socket, bytes), failed]);
    await Promise.race([wait(resetMs), failed]);
    await Promise.race([checkNotReset(connection), failed]);
  } finally {
    socket.destroy();
    connection.destroy();
  }
}

/** Rejects when the TCP connection fails, or when it was stopped. */
function failureOf(connection: Socket, signal: AbortSignal): Promise<never> {
  const failed = new Promise<never>((_resolve, reject) => {
    connection.on('error', reject);
    const stop = (): void =>
      reject(signal.reason instanceof Error ? signal.reason : new Error('it was stopped'));
    signal.addEventListener('abort', stop, { once: true });
    connection.once('close', () => signal.removeEventListener('abort', stop));
  });
  failed.catch(() => undefined); // Also when nothing waits for it any more.
  return failed;
}

/**
 * Writes the records, waits at least as long as the TLS handshake took, and then ends the TLS connection. Resolves when the server ended it
 * after that. An end that comes earlier is no answer to ours.
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
