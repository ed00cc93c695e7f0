import { endsAccess } from './request/commands.ts';
import type { Refusal } from './request/refusals.ts';

/** The workspace that Curfew is installed in. `enterprise` is its Enterprise Grid organization, when it has one. */
export type Installation = Readonly<{ team: string; enterprise?: string }>;

/** What Slack said about an account. What it did not say, or said in another form than the documented one, is null. */
export type AccountFacts = Readonly<{
  id: string | null;
  /** The account's own workspace. */
  team: string | null;
  /** `deleted`, and each flag that begins with `is_`. A flag that Slack did not send is not here. */
  flags: Readonly<Record<string, boolean | null>>;
  /** Only for a person of an Enterprise Grid organization: the organization, and the person's workspaces in it. */
  organization?: Readonly<{ id: string | null; teams: readonly string[] | null }>;
  /** Where Curfew was installed when it asked Slack. */
  installation: Installation;
}>;

type NotAMember = Extract<Refusal, { code: 'not-a-member' }>['why'];

/** True for a click that counts only after Slack said what kind of account it is. The command line knows its accounts. */
export const isCheckNeeded = ({ via, kind }: Readonly<{ via: string; kind: string }>): boolean =>
  via === 'slack' && !endsAccess(kind); // Ending access must not wait for Slack, which may be unavailable (I14).

/** Slack sends these with each account that is not deactivated. A member has `false` in all of them. */
const REQUIRED = ['deleted', 'is_bot', 'is_restricted', 'is_ultra_restricted'];
/**
 * Flags that are expected to be true for some accounts: `deleted`, which is judged by itself, and those that say nothing about
 * membership. Slack may add other flags, and a member has `false` in those or none.
 */
const EXPECTED = ['deleted', 'is_admin', 'is_owner', 'is_primary_owner', 'is_email_confirmed'];

/** The flags of an account that no member has, and of which Curfew does not know what they mean. */
export const unexpectedFlags = ({ flags }: AccountFacts): readonly string[] =>
  Object.keys(flags).filter((flag) => !EXPECTED.includes(flag) && flags[flag] !== false);

const has =
  (...names: readonly string[]) =>
  ({ flags }: AccountFacts): boolean =>
    names.some((name) => flags[name] === true);

/** Slackbot, which Slack does not mark as a bot, and every kind of bot: of an app, of a workflow, of a connector. */
const isBot = ({ id, flags }: AccountFacts): boolean =>
  id === 'USLACKBOT' ||
  Object.keys(flags).some((flag) => /^is_(\w+_)?bot$/.test(flag) && flags[flag] === true);

const isElsewhere = ({ team, installation }: AccountFacts): boolean =>
  team !== null && team !== installation.team;

/**
 * `is_invited_user` is an unexpected flag. So is `is_app_user`: no person authorizes Curfew with their account, so no member
 * has it.
 */
const isUnclear = (facts: AccountFacts): boolean =>
  facts.team === null ||
  REQUIRED.some((flag) => facts.flags[flag] !== false) ||
  unexpectedFlags(facts).length > 0;

const isOfUnknownOrganization = ({ organization }: AccountFacts): boolean =>
  organization !== undefined && (organization.id === null || organization.teams === null);

const isOfOtherOrganization = ({ organization, installation }: AccountFacts): boolean =>
  organization !== undefined &&
  !(organization.id === installation.enterprise && organization.teams?.includes(installation.team));

/** Why an account may not act. The first line that is true counts. https://docs.slack.dev/reference/objects/user-object */
const REFUSED: readonly (readonly [why: NotAMember, isTrue: (facts: AccountFacts) => boolean])[] = [
  ['deactivated', has('deleted')],
  ['bot', isBot],
  ['outsider', has('is_stranger', 'is_external')],
  ['guest', has('is_restricted', 'is_ultra_restricted')],
  ['other-workspace', isElsewhere],
  ['unknown', isUnclear],
  ['unknown', isOfUnknownOrganization],
  ['other-workspace', isOfOtherOrganization],
];

/** Why this account may not act by these facts, or undefined for a member. Facts about another account say nothing. */
export function accountRefusal(facts: AccountFacts, account: string): NotAMember | undefined {
  if (facts.id !== account) return 'unknown';
  return REFUSED.find(([, isTrue]) => isTrue(facts))?.[0];
}
