import { isThrottle, readFailure } from './failed-call.ts';

const LACKS_PERMISSION = /not accessible by integration|must have admin rights|suspended/i;

/** True for a 403 with another reason than a rate limit or a missing permission. */
export const isRefusal = (error: unknown): boolean => {
  const failed = readFailure(error);
  return failed.status === 403 && !isThrottle(failed) && !LACKS_PERMISSION.test(failed.message);
};

/**
 * True when GitHub's message says that another system manages the members of the team: team synchronization, an external group
 * of an enterprise with managed users, or LDAP at a GitHub Enterprise Server.
 */
export const namesManager = (error: unknown): boolean =>
  isRefusal(error) &&
  /identity provider|external group|(?<!not )externally managed|synchroni[sz]ed|\bLDAP\b/i.test(
    readFailure(error).message,
  );

/**
 * Why an error shows no groups of an identity provider. `none-in-organisation`: the organisation does not have the feature.
 * `none-in-team`: this team has no group. `not-shown`: GitHub does not say whether there are any. Recorded: 400 "This
 * organization is not part of externally managed enterprise." (github/gh-gei#649), 403 "This team is not externally managed"
 * (integrations/terraform-provider-github#1625).
 */
export function noGroupsReason(error: unknown): 'none-in-organisation' | 'none-in-team' | 'not-shown' {
  const { status, message } = readFailure(error);
  if (LACKS_PERMISSION.test(message)) return 'not-shown';
  if (/\bthis team\b/i.test(message)) return 'none-in-team';
  if (status === 404 || /\bthis organi[sz]ation\b|\bnot (enabled|available)\b/i.test(message))
    return 'none-in-organisation';
  return status === 400 ? 'none-in-team' : 'not-shown';
}

/** "The role being given must be equal to or higher than the org base permission." */
export const isBelowBase = (error: unknown): boolean => {
  const { status, message } = readFailure(error);
  return status === 422 && /cannot assign/i.test(message);
};
