import * as oidc from 'openid-client';
import { messageOf } from '../../core/faults.ts';
import { isTimeZone } from '../../core/local-time.ts';
import { no, ok, type Result } from '../../core/result.ts';
import type { SignIn } from '../../ledger/index.ts';

/** The client that the console is at an OpenID provider. `claim` names the account of a person, in people.yaml as the system `oidc`. */
export type OidcClient = Readonly<{
  /** `https://`, or `http://` on this machine. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  claim: string;
}>;

/** Who signed in. `zone`: the time zone that the provider has for the person, a name of the IANA database. */
export type SignedIn = Readonly<{ account: string; zone?: string }>;

/** An OpenID provider, as the console uses it. */
export interface IdentityProvider {
  /** Where the browser goes to sign in, and what its return must fit. Throws while the provider does not answer. */
  begin(path: string): Promise<Readonly<{ url: URL; signIn: SignIn }>>;
  /** Who returned. The error says why nobody is signed in. */
  end(returned: URL, signIn: SignIn): Promise<Result<SignedIn, string>>;
  /** Where a person signs out of the provider; undefined when it has no such page, or does not answer. */
  signOutUrl(): Promise<URL | undefined>;
}

const TIMEOUT_S = 5;
/** The provider's addresses and keys are read again after this time. */
const FRESH_MS = 60 * 60_000;

/**
 * Code flow with PKCE and nonce (OpenID Connect Core 1.0, RFC 7636, RFC 9207), by a certified library. `origin` is the console's own
 * address.
 */
export function identityProvider(client: OidcClient, origin: string): IdentityProvider {
  const configuration = discovered(client);
  return {
    async begin(path) {
      const signIn = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
        path,
      };
      const url = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: `${origin}/sign-in/return`,
        scope: 'openid profile',
        state: signIn.state,
        nonce: signIn.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(signIn.verifier),
        code_challenge_method: 'S256',
      });
      return { url, signIn };
    },
    async end(returned, { state, nonce, verifier }) {
      try {
        const tokens = await oidc.authorizationCodeGrant(await configuration(), returned, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        return signedIn(tokens.claims(), client.claim);
      } catch (error) {
        return no(messageOf(error));
      }
    },
    async signOutUrl() {
      try {
        const known = await configuration();
        if (known.serverMetadata().end_session_endpoint === undefined) return undefined;
        return oidc.buildEndSessionUrl(known, { post_logout_redirect_uri: `${origin}/` });
      } catch {
        return undefined;
      }
    },
  };
}

/** What the provider says about itself. A failure is not remembered. */
function discovered({ issuer, clientId, clientSecret }: OidcClient): () => Promise<oidc.Configuration> {
  let known: Readonly<{ reading: Promise<oidc.Configuration>; until: number }> | undefined;
  return () => {
    if (known && performance.now() < known.until) return known.reading;
    const reading = oidc.discovery(
      new URL(issuer),
      clientId,
      undefined,
      oidc.ClientSecretBasic(clientSecret),
      {
        timeout: TIMEOUT_S,
        execute: [
          // Without it, the library trusts the connection to the provider, and does not check the signature of an ID token.
          oidc.enableNonRepudiationChecks,
          // Settings allow http only for a provider on this machine.
          ...(issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
        ],
      },
    );
    known = { reading, until: performance.now() + FRESH_MS };
    reading.catch(() => (known = undefined));
    return reading;
  };
}

function signedIn(claims: oidc.IDToken | undefined, claim: string): Result<SignedIn, string> {
  const account = claims?.[claim];
  const zone = claims?.['zoneinfo'];
  if (typeof account !== 'string' || account === '') return no(`the provider gave no claim "${claim}"`);
  return ok({ account, ...(typeof zone === 'string' && isTimeZone(zone) ? { zone } : {}) });
}
