import { describe, expect } from '@jest/globals';
import fc from 'fast-check';
import type { Instant } from '../../core/ids.ts';
import { documentFor, policyName, readPolicyName } from '../../providers/aws-iam/policy.ts';
import { parseTarget } from '../../providers/aws-iam/target.ts';
import { lease } from '../core/request/request.fixture.ts';
import { holds } from '../laws.fixture.ts';
import { allows, OPERATORS } from './iam-evaluator.fixture.ts';

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

  // Every operator that a target may use, with values of its kind. The keys of the call are there or not.
  const VALUES: readonly (readonly [family: RegExp, values: readonly string[]])[] = [
    [/^Numeric/, ['0', '7', '-3.5', '10']],
    [/^Date/, ['2020-01-01T00:00:00Z', '2190-01-01', '1798848000', '2027-01-02T12:00:00+02:00']],
    [/^(Bool|Null)/, ['true', 'false']],
    [/IpAddress/, ['10.0.0.0/8', '203.0.113.7', '2001:db8::/32']],
    [/^Arn/, ['arn:aws:sns:*:1:t', 'arn:aws:iam::1:user/ana']],
    [/./, ['a', 'a*', 'QQ==', '']],
  ];
  const anyCondition = fc
    .tuple(
      fc.constantFrom(...OPERATORS),
      fc.constantFrom('', 'ForAllValues:', 'ForAnyValue:'),
      fc.boolean(),
      fc.constantFrom('x:Key', 'aws:CurrentTime', 'aws:TokenIssueTime'),
      fc.array(fc.nat(3), { minLength: 1, maxLength: 2 }),
    )
    .map(([name, set, ifExists, key, picks]) => {
      const operator = name === 'Null' ? name : `${set}${name}${ifExists ? 'IfExists' : ''}`;
      const values = VALUES.find(([family]) => family.test(name))?.[1] ?? [];
      return { operator, key, values: picks.map((pick) => values[pick % values.length] ?? '') };
    })
    .filter(({ operator, key }) => !(operator === 'DateLessThan' && key === 'aws:CurrentTime'));
  const anyContext = fc.record(
    {
      'x:key': fc.constantFrom(...VALUES.flatMap(([, values]) => values)),
      'aws:tokenissuetime': fc.constantFrom('2019-01-01T00:00:00Z', '2200-01-01T00:00:00Z'),
    },
    { requiredKeys: [] },
  );

  holds(
    'with every condition operator that a target may use, allow the same until a second before the end, and nothing at its instant (I3)',
    fc.tuple(fc.array(anyCondition, { minLength: 1, maxLength: 3 }), anyContext, end, fc.nat(10_000_000)),
    ([conditions, context, end, after]) => {
      const Condition: Record<string, Record<string, readonly string[]>> = {};
      for (const { operator, key, values } of conditions)
        Condition[operator] = { ...Condition[operator], [key]: values };
      const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*', Condition } as const;
      const parsed = parseTarget({ kind: 'policy', statements: [statement] });
      if (!parsed.ok || parsed.value.kind !== 'policy') throw new Error(JSON.stringify(parsed));
      const document = documentFor(parsed.value.statements, end as Instant);
      const source = { Version: '2012-10-17', Statement: [statement] };
      const call = { action: 's3:GetObject', resource: 'arn:aws:s3:::orders/7', context };
      for (const at of [end - 1_000, end - 10_000_000])
        expect(allows(document, { ...call, at })).toBe(allows(source, { ...call, at }));
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
