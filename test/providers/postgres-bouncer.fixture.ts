import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { randomInt } from 'node:crypto';

export type Bouncer = Readonly<{ port: number; stop(): Promise<void> }>;

/** What pgbouncer can keep for each client. It refuses others (https://www.pgbouncer.org/config.html#ignore_startup_parameters). */
const KEPT = [
  ...['user', 'database', 'application_name', 'client_encoding', 'datestyle', 'timezone'],
  'standard_conforming_strings',
];

/**
 * Answers as pgbouncer 1.18 did when it was tried by hand, in front of a real server: it refuses parameters of the login that
 * it cannot keep, unless they are in `ignored`, and it tells the client a process number of its own.
 */
export async function startBouncer(
  server: Readonly<{ host: string; port: number }>,
  ignored: readonly string[],
): Promise<Bouncer> {
  const sockets = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (client) => {
    const vendor = connect({ ...server, noDelay: true });
    for (const [here, there] of [
      [client, vendor],
      [vendor, client],
    ] as const) {
      sockets.add(here);
      here.on('error', () => there.destroy());
      here.on('close', () => there.destroy());
    }
    client.once('data', (startup: Buffer) => {
      const unsupported = namesIn(startup).find((name) => !KEPT.includes(name) && !ignored.includes(name));
      if (unsupported !== undefined) return void client.end(refusal(unsupported));
      vendor.write(startup);
      client.on('data', (chunk: Buffer) => vendor.write(chunk));
    });
    vendor.on('data', (chunk: Buffer) => client.write(withOwnNumber(chunk)));
  });
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  return {
    port: (listener.address() as AddressInfo).port,
    stop: () =>
      new Promise((done) => {
        listener.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The names of the parameters in a startup message: length, version, then name and value in turn. */
const namesIn = (startup: Buffer): readonly string[] =>
  startup
    .toString('utf8', 8)
    .split('\0')
    .filter((text, index) => index % 2 === 0 && text !== '');

/** BackendKeyData in the wire protocol is `K`, its length, the process number and a key. */
const KEY = Buffer.from([0x4b, 0, 0, 0, 12]);

function withOwnNumber(chunk: Buffer): Buffer {
  const at = chunk.indexOf(KEY);
  if (at < 0) return chunk;
  const own = Buffer.from(chunk);
  own.writeInt32BE(randomInt(2 ** 30), at + KEY.length);
  return own;
}

function refusal(name: string): Buffer {
  const fields = `SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: ${name}\0\0`;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(fields) + 4);
  return Buffer.concat([Buffer.from('E'), length, Buffer.from(fields)]);
}
