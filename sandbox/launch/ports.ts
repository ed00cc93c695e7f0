import { createServer } from 'node:net';
import { errnoOf } from '../../app/errors.ts';
import { LaunchError } from './launch-error.ts';

export const LOOPBACK = '127.0.0.1';

/** The port when nothing listens on it at 127.0.0.1; for port 0, a free one that the system chooses. Else undefined. */
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

/** `given` is the port that was set. `used` is the last one, so that addresses that people saved still work. */
export type Wish = Readonly<{ given: number | undefined; used: number | undefined }>;

/** The port to listen on: the given one, which must be free; else the last one; else any free one. */
export async function choosePort(what: string, { given, used }: Wish): Promise<number> {
  if (given !== undefined) {
    const free = await tryPort(given);
    if (free === undefined) throw portInUse(what, given);
    return free;
  }
  const chosen = (used === undefined ? undefined : await tryPort(used)) ?? (await tryPort(0));
  if (chosen === undefined) throw portInUse(what, 0);
  return chosen;
}

const ATTEMPTS = 3;

/**
 * Starts something on a port of `choosePort`. Another program may take the port between the check and the start. The
 * same can happen to the other ports, which Temporal chooses itself. Then the start is tried again with other ports.
 */
export async function onFreePort<T>(
  what: string,
  wish: Wish,
  start: (port: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(what, attempt === 1 ? wish : { ...wish, used: undefined });
    try {
      return await start(port);
    } catch (error) {
      const mayBePort =
        errnoOf(error) === 'EADDRINUSE' || (error instanceof LaunchError && error.code === 'did-not-start');
      if (!mayBePort || wish.given !== undefined || attempt === ATTEMPTS) throw error;
    }
  }
}

function portInUse(what: string, port: number): LaunchError {
  return new LaunchError('port-in-use', {
    what: `${what} cannot listen on port ${port}: another program uses it, or the user of this process may not use it`,
    where: `${LOOPBACK}:${port}`,
    remedy: 'Stop the other program, or leave out CURFEW_PORT, so that Curfew uses a free one.',
  });
}
