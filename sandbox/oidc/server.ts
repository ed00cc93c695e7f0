/** Starts the OpenID provider of the sandbox's company on 127.0.0.1. The console signs people in with it. */
import type { EventEmitter } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { returnWithoutSession } from './end-session.tsx';
import { headersFor } from './headers.ts';
import { createProvider, type ProviderOptions } from './provider.ts';
import { routesOf } from './routes.tsx';

export type IdentityProviderOptions = ProviderOptions &
  Readonly<{
    /** Part of the issuer, so a restart must use the same one: browsers and the client know the issuer. A free one when it is 0. */
    port: number;
    /** Learns of each failure of the provider itself. Refusals are answers, and not among them. */
    onError?: (error: unknown) => void;
  }>;

export type IdentityProvider = Readonly<{
  /** `http://127.0.0.1:port`, where clients discover everything else. */
  issuer: string;
  stop(): Promise<void>;
}>;

/** Throws `EADDRINUSE` when the port is in use. */
export async function startIdentityProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { client, people, onError = () => undefined } = options;
  const server = createServer();
  const issuer = `http://127.0.0.1:${await listen(server, options.port)}`;
  try {
    const provider = await createProvider(issuer, options);
    provider.use(returnWithoutSession);
    const outside: EventEmitter = provider; // Koa's own event is missing in the library's types.
    outside.on('error', onError);
    provider.on('server_error', (_ctx, error) => onError(error));
    const app = routesOf({ provider, client, people });
    app.onError((error, c) => {
      onError(error);
      return c.text('The identity provider of the sandbox failed.', 500);
    });
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
    const headers = headersFor(client);
    server.on('request', (request, response) => {
      for (const [name, value] of headers) response.setHeader(name, value);
      void listener(request, response);
    });
  } catch (error) {
    await close(server);
    throw error;
  }
  return { issuer, stop: () => close(server) };
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
