/** The one client of the provider. It is confidential: it keeps a secret. */
export type Client = Readonly<{
  id: string;
  secret: string;
  /** What the pages call it. */
  name: string;
  redirectUris: readonly string[];
  /** Where a browser may return to after it signed out. The first one is also the link back to the client. */
  postLogoutRedirectUris: readonly string[];
}>;
