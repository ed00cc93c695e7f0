import {
  GetLoginProfileCommand,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { send } from './calls.ts';

/**
 * One credential of a user. `what` names it and holds no secret. `at` is when it was made, in milliseconds. A credential that is
 * not active does not work until somebody makes it active.
 */
export type IamCredential = Readonly<{ what: string; at: number | undefined; isActive: boolean }>;

/** The kinds of credentials that a user of IAM can have, each with the call that lists it. */
export const CREDENTIAL_LISTS = [
  'ListAccessKeys',
  'GetLoginProfile',
  'ListServiceSpecificCredentials',
  'ListSSHPublicKeys',
  'ListSigningCertificates',
  'ListMFADevices',
] as const;
export type CredentialList = (typeof CREDENTIAL_LISTS)[number];

/**
 * Each kind of credential of a user. IAM allows a user 2 access keys, 2 certificates, 2 credentials for each service, 5 SSH
 * keys and 8 MFA devices ("IAM and STS quotas"), so one page has them all.
 */
export function credentialsApi(client: IAMClient) {
  const lists: Readonly<
    Record<CredentialList, (UserName: string, abortSignal: AbortSignal) => Promise<readonly IamCredential[]>>
  > = {
    async ListAccessKeys(UserName, abortSignal) {
      const { AccessKeyMetadata = [] } = await client.send(new ListAccessKeysCommand({ UserName }), {
        abortSignal,
      });
      return AccessKeyMetadata.map((key) =>
        one(`the access key ${key.AccessKeyId}`, key.CreateDate, key.Status),
      );
    },
    async GetLoginProfile(UserName, abortSignal) {
      const { LoginProfile } = await client.send(new GetLoginProfileCommand({ UserName }), { abortSignal });
      return LoginProfile ? [one('a password for the console', LoginProfile.CreateDate)] : [];
    },
    async ListServiceSpecificCredentials(UserName, abortSignal) {
      const { ServiceSpecificCredentials = [] } = await client.send(
        new ListServiceSpecificCredentialsCommand({ UserName }),
        { abortSignal },
      );
      return ServiceSpecificCredentials.map((each) =>
        one(
          `a credential for ${each.ServiceName} (${each.ServiceSpecificCredentialId})`,
          each.CreateDate,
          each.Status,
        ),
      );
    },
    async ListSSHPublicKeys(UserName, abortSignal) {
      const { SSHPublicKeys = [] } = await client.send(new ListSSHPublicKeysCommand({ UserName }), {
        abortSignal,
      });
      return SSHPublicKeys.map((key) => one(`the SSH key ${key.SSHPublicKeyId}`, key.UploadDate, key.Status));
    },
    async ListSigningCertificates(UserName, abortSignal) {
      const { Certificates = [] } = await client.send(new ListSigningCertificatesCommand({ UserName }), {
        abortSignal,
      });
      return Certificates.map((each) =>
        one(`the signing certificate ${each.CertificateId}`, each.UploadDate, each.Status),
      );
    },
    async ListMFADevices(UserName, abortSignal) {
      const { MFADevices = [] } = await client.send(new ListMFADevicesCommand({ UserName }), { abortSignal });
      return MFADevices.map((device) => one(`the MFA device ${device.SerialNumber}`, device.EnableDate));
    },
  };
  return {
    /** None when the user has none, or does not exist. */
    credentials: async (list: CredentialList, userName: string, signal: AbortSignal) =>
      (await send(list, () => lists[list](userName, signal))) ?? [],
  };
}

const one = (what: string, date: Date | undefined, status = 'Active'): IamCredential => ({
  what,
  at: date?.getTime(),
  isActive: status === 'Active',
});
