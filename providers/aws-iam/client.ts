import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { WAITS } from '../../core/waits.ts';
import type { TakeTurn } from '../provider.ts';
import { iamRegion } from './partition.ts';

export type AwsIamDeps = Readonly<{
  /** The address of IAM's API. The default is AWS. */
  endpoint?: string;
  /** The region of AWS. It says which partition Curfew works in. IAM itself has one address for each partition. */
  region?: string;
  /** The default is AWS's own chain: environment, profile, instance role. */
  credentials?: NonNullable<IAMClientConfig['credentials']>;
}>;

/** The SDK does not retry, because Temporal does. Every call has a timeout. */
const common = ({ credentials }: AwsIamDeps) => ({
  maxAttempts: 1,
  requestHandler: {
    connectionTimeout: WAITS.vendorConnection.ms,
    requestTimeout: WAITS.vendorCall.ms,
    throwOnRequestTimeout: true,
  },
  ...(credentials === undefined ? {} : { credentials }),
});

/** IAM accepts signatures for one region of each partition only, whatever its address is. */
export function iamClient(deps: AwsIamDeps, takeTurn: TakeTurn = () => Promise.resolve()): IAMClient {
  const client = new IAMClient({
    ...common(deps),
    region: iamRegion(deps.region ?? 'us-east-1'),
    ...(deps.endpoint === undefined ? {} : { endpoint: deps.endpoint }),
  });
  client.middlewareStack.add(
    (next) => async (call) => {
      await takeTurn();
      return next(call);
    },
    { step: 'initialize', name: 'takeTurn' },
  );
  return client;
}

/** STS at its usual address in the region, or where another server than AWS answers for IAM. */
export const stsClient = (deps: AwsIamDeps): STSClient =>
  new STSClient({
    ...common(deps),
    region: deps.region ?? 'us-east-1',
    ...(deps.endpoint === undefined || isAws(deps.endpoint) ? {} : { endpoint: deps.endpoint }),
  });

/**
 * An address of AWS answers for IAM only. That is also true of one in a network of the customer
 * (`vpce-….iam.us-east-1.vpce.amazonaws.com`) and of one for IPv6 (`iam.global.api.aws`). The names are those of the partitions
 * in the SDK's own rules ("partitions.json" of the AWS SDKs): one for IPv4 and one for both, in each partition.
 */
const AWS_NAMES = [
  ['amazonaws.com', 'api.aws'],
  ['amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  ['amazonaws.eu', 'api.amazonwebservices.eu'],
  ['c2s.ic.gov', 'api.aws.ic.gov'],
  ['sc2s.sgov.gov', 'api.aws.scloud'],
  ['cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
  ['csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
].flat();

const isAws = (endpoint: string): boolean => {
  const { hostname } = new URL(endpoint);
  return AWS_NAMES.some((name) => hostname.endsWith(`.${name}`));
};
