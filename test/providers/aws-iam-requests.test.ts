import { afterEach, describe, expect, test } from '@jest/globals';
import type { Instant } from '../../core/ids.ts';
import { awsIamProvider, type AwsIamTarget } from '../../providers/aws-iam/index.ts';
import { TOO_MUCH_ON_GROUPS, TOO_MUCH_ON_ROLES, TOO_MUCH_ON_USERS } from '../../providers/aws-iam/rights.ts';
import { riskActions } from '../../providers/aws-iam/risks.ts';
import { startAuthorizer, type JudgedCall } from './aws-iam-authorizer.fixture.ts';
import { BOUNDARY, GRANTER, GRANTS, PAGE, REVOKER, REVOKES } from './aws-iam-docs.fixture.ts';
import { lease } from './aws-iam-lease.fixture.ts';
import { ACCOUNT, ana, memoryIam } from './aws-iam-memory.fixture.ts';
import { serveIam } from './aws-iam-server.fixture.ts';
import { decide, type Document } from './iam-evaluator.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const endsAt = Date.UTC(2027, 0, 2, 12) as Instant;
const policyOf = (action: string): AwsIamTarget => ({
  kind: 'policy',
  statements: [{ Effect: 'Allow', Action: [action], Resource: ['*'] }],
});
const GROUP: AwsIamTarget = { kind: 'group', group: 'deployers' };
const ROWS: readonly (readonly [what: string, target: AwsIamTarget])[] = [
  ['policy', policyOf('s3:GetObject')],
  ['policy that can create keys', policyOf('iam:CreateAccessKey')],
  ['policy with every way to outlive it', policyOf('*')],
  ['group', GROUP],
];

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** One lease from its observation to its end, with the documented credentials. Returns the calls of each step. */
async function live(target: AwsIamTarget) {
  const { api } = memoryIam([ana({ boundary: BOUNDARY })]);
  const server = await serveIam(api);
  stops.push(server.stop);
  const credentialOf = async (arn: string, document: Document) => {
    const places = { account: ACCOUNT, boundaryOf: () => BOUNDARY };
    const authorizer = await startAuthorizer(server.endpoint, () => ({ arn, documents: [document] }), places);
    stops.push(authorizer.stop);
    const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 's' };
    return { provider: awsIamProvider({ endpoint: authorizer.url, credentials }), calls: authorizer.calls };
  };
  const granter = await credentialOf(GRANTER, GRANTS);
  const revoker = await credentialOf(REVOKER, REVOKES);
  const seen = await granter.provider.observe({ account: 'ana', target }, neverAborts);
  const observed = granter.calls.length;
  const level = granter.provider.level(target);
  const intent = { lease, subject: seen.subject, target: seen.target, level, endsAt };
  expect((await granter.provider.ensurePresent(intent, neverAborts)).level).toBe(level);
  const receipt = await revoker.provider.ensureAbsent({ ...intent, level: 'none' }, neverAborts);
  expect(receipt.level).toBe('none');
  return {
    observe: granter.calls.slice(0, observed),
    grant: granter.calls.slice(observed),
    revoke: revoker.calls,
    receipt,
  };
}

describe('the requests of a lease', () => {
  test.each(ROWS)('are as many as the page says, for a %s', async (what, target) => {
    const { observe, grant, revoke } = await live(target);
    const cells = [what, observe, grant, revoke].map((cell) =>
      String(typeof cell === 'string' ? cell : cell.length),
    );
    const row = PAGE.split('\n').find((line) => line.startsWith(`| ${what} `));
    expect(
      row
        ?.split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ).toEqual(cells);
  });

  test('can all be read in a receipt that leaves nothing out, with the documented policies', async () => {
    const { receipt } = await live(GROUP);
    expect(receipt.note ?? '').not.toContain('could not be read');
  });
});

describe('the documented policies', () => {
  const isAllowed = (document: Document, { action, resource, boundary }: JudgedCall) =>
    decide([document], {
      action,
      resource,
      at: endsAt,
      context: boundary === undefined ? {} : { 'iam:permissionsboundary': boundary },
    }) === 'allowed';

  test.each(ROWS)(
    'allow every call that a lease really sends, each with its own duty: %s',
    async (_what, target) => {
      const { observe, grant, revoke } = await live(target);
      for (const call of [...observe, ...grant])
        expect([call, isAllowed(GRANTS, call)]).toEqual([call, true]);
      for (const call of revoke) expect([call, isAllowed(REVOKES, call)]).toEqual([call, true]);
      // The policy that only revokes does not grant.
      const write = grant.find(({ action }) => /:(Put|Add)/.test(action));
      expect(write && isAllowed(REVOKES, write)).toBe(false);
    },
  );

  test('name no action that nothing sends', async () => {
    const sent = new Set<string>();
    for (const [, target] of ROWS) {
      const { observe, grant, revoke } = await live(target);
      for (const { action } of [...observe, ...grant, ...revoke]) sent.add(action);
    }
    const ofDoctor = ['iam:SimulatePrincipalPolicy', 'iam:GetRole', 'iam:GetPolicy', 'iam:GetPolicyVersion'];
    const named = (document: Document) => [document.Statement].flat().flatMap(({ Action = [] }) => Action);
    expect(named(GRANTS).filter((action) => !sent.has(action) && !ofDoctor.includes(action))).toEqual([]);
    expect(named(REVOKES).filter((action) => !sent.has(action) && !ofDoctor.includes(action))).toEqual([]);
  });

  const user = `arn:aws:iam::${ACCOUNT}:user/ana`;
  const judged = (action: string, resource: string, boundary: string | undefined) => ({
    action,
    resource,
    boundary,
    allowed: true,
  });
  test.each<[what: string, call: JudgedCall]>([
    ['a policy for a user without a boundary', judged('iam:PutUserPolicy', user, undefined)],
    ['a policy for a user with another boundary', judged('iam:PutUserPolicy', user, `${BOUNDARY}2`)],
    ['a user in another account', judged('iam:GetUser', user.replace(ACCOUNT, '000000000001'), undefined)],
    ['another group', judged('iam:AddUserToGroup', `arn:aws:iam::${ACCOUNT}:group/admins`, undefined)],
    ['a simulation of another principal', judged('iam:SimulatePrincipalPolicy', user, undefined)],
    ...TOO_MUCH_ON_USERS.map((action) => [action, judged(action, user, BOUNDARY)] as const),
    ...TOO_MUCH_ON_GROUPS.map(
      (action) => [action, judged(action, `arn:aws:iam::${ACCOUNT}:group/deployers`, undefined)] as const,
    ),
    ...TOO_MUCH_ON_ROLES.map(
      (action) => [action, judged(action, `arn:aws:iam::${ACCOUNT}:role/curfew-granter`, undefined)] as const,
    ),
  ] as [string, JudgedCall][])('deny %s', (_what, call) =>
    expect([isAllowed(GRANTS, call), isAllowed(REVOKES, call)]).toEqual([false, false]),
  );

  test('allow nothing that outlives or widens access on all resources', () => {
    const allowed = riskActions().filter((action) => isAllowed(GRANTS, judged(action, '*', BOUNDARY)));
    expect(allowed).toEqual([]);
  });
});
