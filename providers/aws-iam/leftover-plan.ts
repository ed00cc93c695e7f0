import { CREDENTIAL_LISTS, type CredentialList } from './credentials.ts';
import { allowsOf, shapeOf } from './policy.ts';
import { risksOf, type RiskKind } from './risks.ts';
import { actsAsRole } from './sessions.ts';
import type { AwsIamTarget, PolicyTarget } from './target.ts';

/**
 * What a revoke looks for. `lists` are lists of the person's own credentials. `changeable` are those of them in which an older
 * credential can have been changed or made active again. `account` is the reading of the whole account. `unseen` is what a lease
 * can have changed and Curfew does not look for.
 */
export type Plan = Readonly<{
  lists: readonly CredentialList[];
  changeable: readonly CredentialList[];
  account: boolean;
  unseen: readonly string[];
}>;

/** With these, a person can get every other permission. So everything is looked for. */
const WAYS_TO_ALL: readonly RiskKind[] = ['roles', 'permissions', 'pass-role', 'code'];

const MAKES: Readonly<Record<CredentialList, RegExp>> = {
  ListAccessKeys: /AccessKey$/,
  GetLoginProfile: /LoginProfile$|ChangePassword$/,
  ListServiceSpecificCredentials: /ServiceSpecificCredential$/,
  ListSSHPublicKeys: /SSHPublicKey$/,
  ListSigningCertificates: /SigningCertificate$/,
  ListMFADevices: /MFADevice$/,
};
/** A device that is activated again has a new date, so nothing of `ListMFADevices` is here. */
const CHANGES: Partial<Record<CredentialList, RegExp>> = {
  ListAccessKeys: /UpdateAccessKey$/,
  GetLoginProfile: /UpdateLoginProfile$|ChangePassword$/,
  ListServiceSpecificCredentials: /(Update|Reset)ServiceSpecificCredential$/,
  ListSSHPublicKeys: /UpdateSSHPublicKey$/,
  ListSigningCertificates: /UpdateSigningCertificate$/,
};

const OF_OTHERS = 'credentials of other users';
const DEACTIVATED = 'MFA devices that were deactivated';
const OF_SERVICES = 'keys, users and passwords of other services';
const SHARED = 'what was shared by policies of resources, grants and copies';
const EVERYTHING: Plan = {
  lists: CREDENTIAL_LISTS,
  changeable: CREDENTIAL_LISTS.filter((list) => CHANGES[list]),
  account: true,
  unseen: [
    OF_OTHERS,
    'policies and groups of other users',
    'permissions boundaries that were changed',
    'policies of groups, and policies and trust of roles, that were there before',
    'identity providers',
    DEACTIVATED,
    OF_SERVICES,
    'code that runs as a role',
    SHARED,
  ],
};

/** Only what the lease can have made is looked for, so that an ordinary revoke costs no more requests. */
export function planOf(target: AwsIamTarget): Plan {
  // What the policies of a group allow can change at any time. So everything is looked for.
  if (target.kind === 'group') return EVERYTHING;
  const allows = allowsOf(target.statements);
  const risks = risksOf(allows);
  const kinds = risks.map(({ kind }) => kind);
  if (actsAsRole(allows) || kinds.some((kind) => WAYS_TO_ALL.includes(kind))) return EVERYTHING;
  const made = risks.filter(({ kind }) => kind === 'credentials').flatMap(({ actions }) => actions);
  const ofIam = made.filter((action) => action.startsWith('iam:'));
  const lists = CREDENTIAL_LISTS.filter((list) => ofIam.some((action) => MAKES[list].test(action)));
  return {
    lists,
    changeable: lists.filter((list) => ofIam.some((action) => CHANGES[list]?.test(action))),
    account: ofIam.includes('iam:CreateUser'),
    unseen: [
      ...(ofIam.some((action) => isOnOthers(target, action)) ? [OF_OTHERS] : []),
      ...(ofIam.includes('iam:DeactivateMFADevice') ? [DEACTIVATED] : []),
      ...(made.length > ofIam.length ? [OF_SERVICES] : []),
      ...(kinds.includes('sharing') ? [SHARED] : []),
    ],
  };
}

/** False when the statements allow the action only on the person's own user. `ChangePassword` is never for others. */
const isOnOthers = ({ statements }: PolicyTarget, action: string): boolean =>
  action !== 'iam:ChangePassword' &&
  statements.some(
    ({ Action, Resource }) =>
      Action.some((pattern) => shapeOf(pattern).test(action)) &&
      Resource.some((resource) => !resource.endsWith('/${aws:username}')),
  );

/** One sentence for the receipt. Empty when Curfew looks for everything. */
export const unseenSentence = ({ unseen }: Plan): string =>
  unseen.length === 0 ? '' : `After the end, Curfew does not look for: ${unseen.join('; ')}.`;

/** The same as a caution for the card. */
export const unseenCautions = ({ unseen }: Plan): readonly string[] =>
  unseen.length === 0 ? [] : [`Curfew does not look after the end for: ${unseen.join('; ')}`];
