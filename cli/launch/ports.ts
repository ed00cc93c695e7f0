import { createServer } from 'node:net';
import { errnoOf, Trouble } from './trouble.ts';

export const LOOPBACK = '127.0.0.1';

/** Whether nothing listens on that port of 127.0.0.1 now; with port 0, the free one the system chose. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) =>
      errnoOf(error) === 'EADDRINUSE' || errnoOf(error) === 'EACCES' ? resolve(undefined) : reject(error),
    );
    server.listen({ host: LOOPBACK, port }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

/**
 * The port to listen on: the one `given`, which must be free; else the one `used` last time, so that addresses
 * people wrote down stay true; else any free one.
 */
export async function choosePort(what: string, given?: number, used?: number): Promise<number> {
  if (given !== undefined) {
    const free = await tryPort(given);
    if (free === undefined) throw portInUse(what, given);
    return free;
  }
  const chosen = (used === undefined ? undefined : await tryPort(used)) ?? (await tryPort(0));
  if (chosen === undefined) throw portInUse(what, 0);
  return chosen;
}

function portInUse(what: string, port: number): Trouble {
  return new Trouble('port-in-use', {
    what: `${what} cannot listen on port ${port}: another program does, or it is not ours to take`,
    where: `${LOOPBACK}:${port}`,
    remedy: 'Stop the other program, or leave the port out and a free one is used.',
  });
}
