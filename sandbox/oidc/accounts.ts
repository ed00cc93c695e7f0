import type { Colleague } from '../world/company.ts';

/** An account at the company's OpenID provider, and what its pages show of the person. */
export type Account = Readonly<{
  /** The claim `sub`: it never changes, and no other account ever gets it. */
  subject: string;
  name: string;
  title: string;
  /** The claim `zoneinfo`, a name of the IANA time zone database. */
  zone: string;
  kind: 'member' | 'guest';
  /** Gives the person the same colour as in Slack. */
  slackId: string;
}>;

/**
 * The accounts with which somebody can sign in: those of members and guests. A company gives guests an account, and Curfew must refuse
 * them by itself. The account of somebody who left is disabled, and people of another company have one there.
 */
export const accountsOf = (colleagues: readonly Colleague[]): readonly Account[] =>
  colleagues.flatMap(({ oidc: subject, name, title, tz: zone, kind, slackId }) =>
    subject !== undefined && (kind === 'member' || kind === 'guest')
      ? [{ subject, name, title, zone, kind, slackId }]
      : [],
  );
