import type { ListenAt } from '../console/server.ts';
import type { OidcClient } from '../console/sign-in/identity-provider.ts';

/** The console: its address in a browser, where it listens, and the client that it is at the OpenID provider. */
export type ConsoleConnection = Readonly<{ origin: string; listen: ListenAt; client: OidcClient }>;
