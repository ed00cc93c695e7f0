import type { Configuration, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Account } from './accounts.ts';
import type { Client } from './client.ts';
import { loadLibrary } from './library.ts';
import { endSession } from './end-session.tsx';
import { problemPage } from './page/notice.tsx';
import { signingKey } from './signing-key.ts';
import { memoryStore } from './store.ts';

/** Each is 32 random bytes in base64url. They are the same after a restart. */
export type ProviderKeys = Readonly<{ signing: string; cookies: string }>;

export type ProviderOptions = Readonly<{
  client: Client;
  keys: ProviderKeys;
  people: readonly Account[];
}>;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const SCOPES = 'openid profile';
/** The page on which a person chooses who they are. */
export const CHOOSE = '/choose';

const OFF = { enabled: false };

/** What is the same for every client and every key. Everything that the one client does not need is off. */
const ONLY_SIGN_IN = {
  enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
  clientAuthMethods: ['client_secret_basic'],
  responseTypes: ['code'],
  pkce: { required: () => true },
  scopes: ['openid'],
  claims: { openid: ['sub'], profile: ['name', 'zoneinfo'] },
  conformIdTokenClaims: false, // The ID token has every claim, because there is no userinfo endpoint.
  ttl: {
    AuthorizationCode: MINUTE,
    AccessToken: MINUTE,
    IdToken: 10 * MINUTE,
    Interaction: HOUR,
    Session: 12 * HOUR,
    Grant: 12 * HOUR,
  },
  clientBasedCORS: () => false,
} satisfies Configuration;

/** The provider for this issuer. */
export async function createProvider(issuer: string, options: ProviderOptions): Promise<Provider> {
  const { Provider: Library, interactionPolicy } = await loadLibrary();
  const policy = interactionPolicy.base();
  policy.remove('consent'); // The client belongs to the same company.
  return new Library(issuer, {
    ...ONLY_SIGN_IN,
    ...configurationFor(options),
    interactions: { policy, url: (_ctx, { uid }) => `${CHOOSE}/${uid}` },
  });
}

function configurationFor({ client, keys, people }: ProviderOptions): Configuration {
  const accounts = new Map(people.map((account) => [account.subject, account]));
  return {
    adapter: memoryStore(),
    clients: [metadataOf(client)],
    jwks: { keys: [signingKey(keys.signing)] },
    cookies: {
      // Cookies belong to every port of 127.0.0.1, so the names must not be those of another program.
      names: { session: 'lantern_session', interaction: 'lantern_choice', resume: 'lantern_resume' },
      keys: [keys.cookies],
    },
    features: {
      devInteractions: OFF,
      dPoP: OFF,
      pushedAuthorizationRequests: OFF,
      resourceIndicators: OFF,
      userinfo: OFF,
      rpInitiatedLogout: { enabled: true, ...endSession(client) },
    },
    findAccount: (_ctx, subject) => {
      const account = accounts.get(subject);
      return account && { accountId: subject, claims: () => claimsOf(account) };
    },
    loadExistingGrant,
    renderError: async (ctx, { error, error_description: detail }) => {
      ctx.type = 'html';
      ctx.body = await problemPage(client, detail ?? error, error);
    },
  };
}

const metadataOf = ({ id, secret, name, redirectUris, postLogoutRedirectUris }: Client) => ({
  client_id: id,
  client_secret: secret,
  client_name: name,
  redirect_uris: redirectUris,
  post_logout_redirect_uris: postLogoutRedirectUris,
  token_endpoint_auth_method: 'client_secret_basic' as const,
  id_token_signed_response_alg: 'ES256' as const,
});

const claimsOf = ({ subject, name, zone }: Account) => ({ sub: subject, name, zoneinfo: zone });

/** Grants the client its scopes without a question to the person. */
async function loadExistingGrant({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider } = oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const known = session.grantIdFor(client.clientId);
  const before = known === undefined ? undefined : await provider.Grant.find(known);
  if (before !== undefined) return before;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(SCOPES);
  await grant.save();
  return grant;
}
