import { describe, expect } from '@jest/globals';
import fc from 'fast-check';
import type { Instant } from '../../core/ids.ts';
import { documentFor, policyName, readPolicyName } from '../../providers/aws-iam/policy.ts';
import { parseTarget } from '../../providers/aws-iam/target.ts';
import { lease } from '../core/request/request.fixture.ts';
import { holds } from '../laws.fixture.ts';
import { allows } from './iam-evaluator.fixture.ts';

describe('the policy documents', () => {
  const action = fc.constantFrom('s3:GetObject', 's3:*', 'sqs:Send*', '*');
  const resource = fc.constantFrom('*', 'arn:aws:s3:::orders/*', 'arn:aws:s3:::orders/?');
  const condition = fc.constantFrom(
    undefined,
    { DateGreaterThan: { 'aws:CurrentTime': ['2020-01-01T00:00:00Z'] } },
    { DateLessThanEquals: { 'aws:CurrentTime': ['2190-01-01T00:00:00Z'] } },
    { DateLessThan: { 'aws:TokenIssueTime': ['2190-01-01T00:00:00Z'] } },
    { DateLessThan: { 'aws:TokenIssueTime': ['2020-01-01T00:00:00Z'] } },
    { DateLessThanIfExists: { 'aws:CurrentTime': ['2190-01-01T00:00:00Z'] } },
    {
      StringEquals: { 'aws:RequestedRegion': ['eu-central-1', 'eu-west-1'] },
      Bool: { 'aws:SecureTransport': 'true' },
    },
  );
  const statement = fc
    .record({
      Action: fc.array(action, { minLength: 1, maxLength: 3 }),
      Resource: fc.array(resource, { minLength: 1, maxLength: 2 }),
      Condition: condition,
    })
    .map(({ Condition, ...rest }) => ({ Effect: 'Allow', ...rest, ...(Condition && { Condition }) }));
  const target = fc.array(statement, { minLength: 1, maxLength: 4 }).map((statements) => {
    const parsed = parseTarget({ kind: 'policy', statements });
    if (!parsed.ok || parsed.value.kind !== 'policy') throw new Error(JSON.stringify(parsed));
    return { statements, target: parsed.value };
  });
  const end = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2180, 0, 1) });
  const context = {
    'aws:tokenissuetime': '2024-01-01T00:00:00Z',
    'aws:requestedregion': 'eu-west-1',
    'aws:securetransport': 'true',
  };

  holds(
    'allow exactly what the target allows until a second before the end, and nothing from the end on',
    fc.tuple(target, end, fc.nat(10_000_000)),
    ([{ statements, target }, end, after]) => {
      const document = documentFor(target.statements, end as Instant);
      const call = { action: 's3:GetObject', resource: 'arn:aws:s3:::orders/7', context };
      const source = { Version: '2012-10-17', Statement: statements };
      const before = { ...call, at: end - 1_000 };
      expect(allows(document, before)).toBe(allows(source, before));
      expect(allows(document, { ...call, at: end })).toBe(false);
      expect(allows(document, { ...call, at: end + after })).toBe(false);
    },
  );

  holds('the policy’s name contains the lease and the end, to the second', end, (end) => {
    const name = policyName(lease, end as Instant);
    expect(name).toMatch(/^[\w+=,.@-]{1,128}$/);
    expect(readPolicyName(name)).toEqual({ lease, endsAt: end - (end % 1_000) });
  });
});
