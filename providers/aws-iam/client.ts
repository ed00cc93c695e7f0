import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam';

export type AwsIamDeps = Readonly<{
  /** Where IAM's API is; AWS itself unless told. */
  endpoint?: string;
  /** Signing region; IAM is global and signs as us-east-1. */
  region?: string;
  /** AWS's own chain (environment, profile, instance role) unless told. */
  credentials?: NonNullable<IAMClientConfig['credentials']>;
}>;

/** One try per call, because Temporal owns the retries; and no call that waits for ever. */
export const iamClient = ({ endpoint, region = 'us-east-1', credentials }: AwsIamDeps): IAMClient =>
  new IAMClient({
    region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
