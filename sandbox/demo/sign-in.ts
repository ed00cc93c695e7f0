import type { ConsoleConnection } from '../../app/console-connection.ts';
import type { DemoSettings } from '../../app/settings/settings.ts';
import { choosePort, LOOPBACK, onFreePort } from '../launch/ports.ts';
import { accountsOf } from '../oidc/accounts.ts';
import { startIdentityProvider } from '../oidc/server.ts';
import { COLLEAGUES } from '../world/company.ts';
import type { Progress } from './embedded.ts';
import { keepPort, keptPort } from './kept-port.ts';
import type { Keys } from './keys.ts';

/** How people sign in to the console of the demo. */
export type DemoSignIn = Readonly<{
  issuer: string;
  /** The console is this client of the provider. */
  client: Readonly<{ id: string; secret: string }>;
  /** Where the console must listen, because the provider sends browsers only there. */
  console: Readonly<{ port: number; url: string }>;
  stop(): Promise<void>;
}>;

/** The console as that client, at the address to which the provider sends browsers. */
export const consoleOf = ({ issuer, client, console }: DemoSignIn): ConsoleConnection => ({
  origin: console.url,
  listen: { host: LOOPBACK, port: console.port },
  client: { issuer, clientId: client.id, clientSecret: client.secret, claim: 'sub' },
});

/** Starts the OpenID provider of the example company, with the console as its one client. */
export async function startSignIn(
  { home }: Pick<DemoSettings, 'home'>,
  keys: Pick<Keys, 'consoleClient' | 'oidcSigning' | 'oidcCookies'>,
  progress: Progress,
): Promise<DemoSignIn> {
  const done = progress.begin('Sign-in');
  const port = await choosePort('The console', keptPort(home, 'console'));
  const url = `http://${LOOPBACK}:${port}`;
  const client = { id: 'curfew-console', secret: keys.consoleClient };
  const provider = await onFreePort('The identity provider', keptPort(home, 'sign-in'), (at) =>
    startIdentityProvider({
      port: at,
      client: {
        ...client,
        name: 'Curfew console',
        redirectUris: [`${url}/sign-in/return`],
        postLogoutRedirectUris: [`${url}/`],
      },
      keys: { signing: keys.oidcSigning, cookies: keys.oidcCookies },
      people: accountsOf(COLLEAGUES),
      onError: (error) => progress.note(`The identity provider failed: ${String(error)}`),
    }),
  );
  keepPort(home, 'console', port);
  keepPort(home, 'sign-in', Number(new URL(provider.issuer).port));
  done(provider.issuer);
  return { issuer: provider.issuer, client, console: { port, url }, stop: () => provider.stop() };
}
