import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * The bytes of a TCP connection, for a TLS connection on top of it. When the TLS connection ends, the TCP connection stays open: so a
 * reset that comes later is still seen. The caller destroys the TCP connection.
 */
export function bytesOf(connection: Socket): Duplex {
  const bytes = new Duplex({
    ...{ allowHalfOpen: true, autoDestroy: false },
    read: () => void connection.resume(),
    write: (part: Buffer, _encoding, done) => void connection.write(part, done),
    final: (done) => done(),
    destroy: (_error, done) => done(null),
  });
  connection.on('data', (part: Buffer) => void (bytes.push(part) || connection.pause()));
  connection.once('end', () => bytes.push(null));
  return bytes;
}

/** Rejects when the other side has reset the connection. It sends nothing. */
export const checkNotReset = (connection: Socket): Promise<void> =>
  new Promise((resolve, reject) => {
    connection.write(Buffer.alloc(0), (error) => (error ? reject(error) : resolve()));
  });
