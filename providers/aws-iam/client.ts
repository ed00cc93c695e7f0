import { WAITS } from '../../core/waits.ts';
import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam';

export type AwsIamDeps = Readonly<{
  /** The address of IAM's API. The default is AWS. */
  endpoint?: string;
  /** The region for the signature. IAM is global and uses us-east-1. */
  region?: string;
  /** The default is AWS's own chain: environment, profile, instance role. */
  credentials?: NonNullable<IAMClientConfig['credentials']>;
}>;

/** The SDK does not retry, because Temporal does. Every call has a timeout. */
export const iamClient = ({ endpoint, region = 'us-east-1', credentials }: AwsIamDeps): IAMClient =>
  new IAMClient({
    region,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: WAITS.awsConnection.ms,
      requestTimeout: WAITS.awsCall.ms,
      throwOnRequestTimeout: true,
    },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });
