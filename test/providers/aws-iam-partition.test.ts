import { describe, expect, test } from '@jest/globals';
import { whyWrongPartition } from '../../providers/aws-iam/partition.ts';
import { parseTarget } from '../../providers/aws-iam/target.ts';

describe('a target in another partition of AWS', () => {
  const refusal = (Resource: string | readonly string[], partition: string) => {
    const target = parseTarget({
      kind: 'policy',
      statements: [{ Effect: 'Allow', Action: 's3:GetObject', Resource }],
    });
    return target.ok ? whyWrongPartition(target.value, partition) : target.error;
  };

  test.each<[resource: string, partition: string]>([
    ['*', 'aws-us-gov'],
    ['arn:aws:s3:::orders/*', 'aws'],
    ['arn:aws-us-gov:s3:::orders/*', 'aws-us-gov'],
    ['arn:aws-cn:s3:::orders/*', 'aws-cn'],
    ['arn:*:s3:::orders/*', 'aws-cn'],
    ['arn:aws*:s3:::orders/*', 'aws-us-gov'],
    ['arn:aws-??:s3:::orders/*', 'aws-cn'],
  ])('%s works in %s', (resource, partition) => expect(refusal(resource, partition)).toBeUndefined());

  test.each<[resource: string, partition: string]>([
    ['arn:aws:s3:::orders/*', 'aws-us-gov'],
    ['arn:aws:s3:::orders/*', 'aws-cn'],
    ['arn:aws-cn:s3:::orders/*', 'aws'],
    ['arn:aws-us-gov:s3:::orders/*', 'aws'],
    ['arn:aws-??:s3:::orders/*', 'aws-us-gov'],
  ])('%s cannot work in %s, and the sentence says what to write', (resource, partition) =>
    expect(refusal(['*', resource], partition)).toBe(
      `the target names ${resource}, and this account is in the partition ${partition}, where no resource has such an ARN. Write arn:${partition}:… in the catalogue`,
    ),
  );

  test('a group has no ARN, so it works in every partition', () =>
    expect(whyWrongPartition({ kind: 'group', group: 'deployers' }, 'aws-cn')).toBeUndefined());
});
