import { shapeOf } from './policy.ts';
import type { AwsIamTarget } from './target.ts';

/**
 * Why a target cannot work in this partition of AWS: `aws`, `aws-cn` (China), `aws-us-gov` (GovCloud) or a newer one. Each
 * partition has its own accounts and its own ARNs, so an ARN of another partition matches nothing.
 */
export function whyWrongPartition(target: AwsIamTarget, partition: string): string | undefined {
  if (target.kind === 'group') return undefined;
  const foreign = target.statements
    .flatMap(({ Resource }) => Resource)
    .find((resource) => resource !== '*' && !shapeOf(resource.split(':')[1] ?? '').test(partition));
  return foreign === undefined
    ? undefined
    : `the target names ${foreign}, and this account is in the partition ${partition}, where no resource has such an ARN. Write arn:${partition}:… in the catalogue`;
}

/**
 * The region for which calls of IAM are signed: IAM has one in each partition ("AWS Identity and Access Management endpoints and
 * quotas" in the AWS General Reference). Other partitions are small, and the SDK's own rules name the region itself.
 */
export function iamRegion(region: string): string {
  if (region.startsWith('cn-')) return 'cn-north-1';
  if (region.startsWith('us-gov-')) return 'us-gov-west-1';
  return /^(us-iso|eu-iso|eusc-)/.test(region) ? region : 'us-east-1';
}
