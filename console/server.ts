import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { ConsoleDeps } from './deps.ts';
import { consoleRoutes } from './routes.tsx';
import { removeAbandonedFolders } from './downloads/zipped-folder.ts';

/** Where the console listens. Port 0 is any free one. */
export type ListenAt = Readonly<{ host: string; port: number }>;

/** A browser that sends nothing for so long keeps no connection. */
const WAITS_MS = { headers: 10_000, request: 30_000 } as const;

/** A console that runs. `failed` rejects when its server ends by itself. */
export type RunningConsole = Readonly<{ port: number; stop(): Promise<void>; failed: Promise<never> }>;

/** Starts the console, after what a killed one left on the disk is removed. Rejects when the port is in use. */
export async function startConsoleServer(
  deps: ConsoleDeps,
  { host, port }: ListenAt,
): Promise<RunningConsole> {
  await removeAbandonedFolders().catch(deps.report);
  const listener = getRequestListener(consoleRoutes(deps).fetch, { overrideGlobalObjects: false });
  const server = createServer(
    { headersTimeout: WAITS_MS.headers, requestTimeout: WAITS_MS.request },
    (request, response) => void listener(request, response),
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
  const failed = new Promise<never>((_resolve, reject) => server.once('error', reject));
  failed.catch(() => undefined);
  return {
    port: bound,
    failed,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
