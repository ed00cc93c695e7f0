import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  type Configuration,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { accountsOf } from '../../oidc/accounts.ts';
import { type IdentityProvider, startIdentityProvider } from '../../oidc/server.ts';
import { COLLEAGUES } from '../../world/company.ts';
import { type Arrival, type Visitor } from './visitor.fixture.ts';

export const CONSOLE = 'http://127.0.0.1:4050';
export const RETURN = `${CONSOLE}/sign-in/return`;
/** The client, when the console is at this address. */
export const clientAt = (address: string) => ({
  id: 'curfew-console',
  secret: Buffer.alloc(32, 1).toString('base64url'),
  name: 'Curfew console',
  redirectUris: [`${address}/sign-in/return`],
  postLogoutRedirectUris: [`${address}/`],
});
export const CLIENT = clientAt(CONSOLE);
export const KEYS = {
  signing: Buffer.alloc(32, 2).toString('base64url'),
  cookies: Buffer.alloc(32, 3).toString('base64url'),
};
export const PEOPLE = accountsOf(COLLEAGUES);
/** What the provider itself failed at. A test that ends with entries here found a defect. */
export const failures: unknown[] = [];

export const startProvider = (port = 0, client = CLIENT): Promise<IdentityProvider> =>
  startIdentityProvider({
    ...{ port, client, keys: KEYS, people: PEOPLE },
    onError: (error) => failures.push(error),
  });

/** The client library, after it read what the provider says of itself. */
export const discover = (issuer: string, secret = CLIENT.secret): Promise<Configuration> =>
  discovery(new URL(issuer), CLIENT.id, undefined, ClientSecretBasic(secret), {
    execute: [allowInsecureRequests],
  });

export type Begun = Readonly<{ url: URL; verifier: string; nonce: string; state: string }>;

/** The address to which the client sends a browser. A parameter that is undefined is left out. */
export async function begin(
  config: Configuration,
  other: Readonly<Record<string, string | undefined>> = {},
): Promise<Begun> {
  const [verifier, nonce, state] = [randomPKCECodeVerifier(), randomNonce(), randomState()];
  const url = buildAuthorizationUrl(config, {
    ...{ redirect_uri: RETURN, scope: 'openid profile', nonce, state },
    ...{ code_challenge: await calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
  });
  for (const [name, value] of Object.entries(other))
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  return { url, verifier, nonce, state };
}

/** What the client does when the browser returns: it redeems the code and checks the ID token. */
export const redeem = (config: Configuration, { url }: Arrival, { verifier, nonce, state }: Begun) =>
  authorizationCodeGrant(config, url, {
    ...{ pkceCodeVerifier: verifier, expectedNonce: nonce, expectedState: state },
    idTokenExpected: true,
  });

/** A whole sign-in of one person. */
export async function signIn(config: Configuration, visitor: Visitor, person: string) {
  const begun = await begin(config);
  const returned = await visitor.choose(await visitor.go(begun.url), person);
  const tokens = await redeem(config, returned, begun);
  return { begun, returned, tokens, claims: tokens.claims() };
}
