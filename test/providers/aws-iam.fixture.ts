import {
  AddUserToGroupCommand,
  CreateGroupCommand,
  CreateUserCommand,
  DeleteGroupCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetGroupCommand,
  GetUserPolicyCommand,
  ListGroupsForUserCommand,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  UpdateGroupCommand,
  UpdateUserCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { iamClient } from '../../providers/aws-iam/client.ts';
import { awsIamProvider, awsIamRemover, type AwsIamTarget } from '../../providers/aws-iam/index.ts';
import { documentFor, policyName, policyPrefix } from '../../providers/aws-iam/policy.ts';
import type { Intent, Level } from '../../providers/provider.ts';
import { startAuthorizer } from './aws-iam-authorizer.fixture.ts';
import type { Document } from './iam-evaluator.fixture.ts';
import { startFaultProxy, type Call, type FaultProxy } from '../faults/http-proxy.fixture.ts';
import type { ProviderFixture, FaultControl } from './conformance.fixture.ts';

const actionOf = ({ body }: Call): string => new URLSearchParams(body).get('Action') ?? '';
const isWrite = (call: Call): boolean => /^(Put|Delete|Add|Remove)/.test(actionOf(call));
const isRead = (call: Call): boolean => /^(Get|List)/.test(actionOf(call)) && actionOf(call) !== 'GetUser';
const always = () => true;

const xml = (inside: string): string => `<ErrorResponse><Error>${inside}</Error></ErrorResponse>`;
const xmlHeaders = { 'content-type': 'text/xml' };
export const error = (status: number, code: string, headers: Record<string, string> = {}) => ({
  status,
  headers: { ...xmlHeaders, ...headers },
  body: xml(`<Type>Sender</Type><Code>${code}</Code><Message>an error that the test chose</Message>`),
});

/** Credentials of an AWS account that no other test uses. moto separates accounts by the role's ARN. */
export async function ownAccount(moto: string) {
  const account = String(100_000_000_000 + Math.floor(Math.random() * 899_999_999_999));
  const query = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: `arn:aws:iam::${account}:role/curfew`,
    RoleSessionName: 'curfew',
  });
  // moto reads the service from the signature's scope and checks nothing else of the signature.
  const authorization = 'AWS4-HMAC-SHA256 Credential=x/20270101/us-east-1/sts/aws4_request';
  const response = await fetch(moto, { method: 'POST', headers: { authorization }, body: query });
  const answer = await response.text();
  const part = (tag: string) => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(answer)?.[1] ?? '';
  const credentials = {
    accessKeyId: part('AccessKeyId'),
    secretAccessKey: part('SecretAccessKey'),
    sessionToken: part('SessionToken'),
  };
  return { account, credentials };
}

export type AwsFixture = ProviderFixture<AwsIamTarget> & {
  admin: IAMClient;
  proxy: FaultProxy;
  awsAccount: string;
};

/**
 * A new AWS account with two users and two groups, a provider behind a fault proxy, and an administrator's client.
 */
export async function awsFixture(moto: string, target: AwsIamTarget): Promise<AwsFixture> {
  const { account, credentials } = await ownAccount(moto);
  const arn = `arn:aws:iam::${account}:user/curfew`;
  const authorized = await startAuthorizer(moto, () => ({ arn, documents: [all('*')] }), { account });
  // This credential may look at itself and at the account, and nothing else.
  const weak = [all('iam:SimulatePrincipalPolicy'), all('iam:GetAccountAuthorizationDetails')];
  const denied = await startAuthorizer(moto, () => ({ arn, documents: weak }), { account });
  const proxy = await startFaultProxy(authorized.url);
  const admin = iamClient({ endpoint: moto, credentials });
  for (const UserName of ['ana', 'bo']) await admin.send(new CreateUserCommand({ UserName }));
  for (const GroupName of ['deployers', 'readers']) await admin.send(new CreateGroupCommand({ GroupName }));
  await admin.send(new AddUserToGroupCommand({ UserName: 'bo', GroupName: 'deployers' }));
  await admin.send(new AddUserToGroupCommand({ UserName: 'ana', GroupName: 'readers' }));
  for (const UserName of ['ana', 'bo']) await admin.send(new PutUserPolicyCommand({ ...handmade, UserName }));
  return {
    provider: awsIamProvider({ endpoint: proxy.url, credentials }),
    remover: awsIamRemover({ endpoint: proxy.url, credentials }),
    underprivileged: awsIamProvider({ endpoint: denied.url, credentials }),
    account: 'ana',
    target,
    vendor: { ...vendorControl(admin, target) },
    faults: faultControl(proxy),
    admin,
    proxy,
    awsAccount: account,
    async stop() {
      await proxy.stop();
      await Promise.all([authorized.stop(), denied.stop()]);
      admin.destroy();
    },
  };
}

const all = (Action: string): Document => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action, Resource: '*' },
});

const more = { Effect: 'Allow', Action: ['s3:ListAllMyBuckets'], Resource: ['*'] } as const;
const handmade = {
  PolicyName: 'curfew-by-hand',
  PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [more] }),
};

function vendorControl(admin: IAMClient, target: AwsIamTarget) {
  let ana = 'ana';
  let now = target.kind === 'group' ? target.group : '';
  const policies = async (UserName: string) =>
    (await admin.send(new ListUserPoliciesCommand({ UserName }))).PolicyNames ?? [];
  const groups = async (UserName: string) =>
    ((await admin.send(new ListGroupsForUserCommand({ UserName }))).Groups ?? []).map((one) => one.GroupName);
  const group = { GroupName: target.kind === 'group' ? target.group : '' };
  const setLevel = async (level: Level) => {
    const member = { ...group, UserName: ana };
    if (level === 'member') await admin.send(new AddUserToGroupCommand(member));
    else if ((await groups(ana)).includes(group.GroupName))
      await admin.send(new RemoveUserFromGroupCommand(member));
  };
  const deleteAccount = async () => {
    for (const PolicyName of await policies(ana))
      await admin.send(new DeleteUserPolicyCommand({ UserName: ana, PolicyName }));
    for (const GroupName of await groups(ana))
      await admin.send(new RemoveUserFromGroupCommand({ UserName: ana, GroupName }));
    await admin.send(new DeleteUserCommand({ UserName: ana }));
  };
  const renameTarget = async () => {
    await admin.send(new UpdateGroupCommand({ ...group, NewGroupName: 'shippers' }));
    await admin.send(new CreateGroupCommand(group));
    now = 'shippers';
  };
  const deleteTarget = async () => {
    for (const UserName of ['ana', 'bo'])
      await admin.send(new RemoveUserFromGroupCommand({ ...group, UserName }));
    await admin.send(new DeleteGroupCommand(group));
  };
  const recreateTarget = async () => {
    await deleteTarget();
    await admin.send(new CreateGroupCommand(group));
  };
  const readGranted = async ({ lease, endsAt }: Intent<AwsIamTarget>) => {
    const name = { UserName: ana, PolicyName: policyName(lease, endsAt) };
    return (await admin.send(new GetUserPolicyCommand(name))).PolicyDocument;
  };
  const changeGranted = async (intent: Intent<AwsIamTarget>) => {
    const PolicyName = policyName(intent.lease, intent.endsAt);
    const PolicyDocument = JSON.stringify(documentFor([more], intent.endsAt));
    await admin.send(new PutUserPolicyCommand({ UserName: ana, PolicyName, PolicyDocument }));
    return readGranted(intent);
  };
  const policiesOfLease = async (intent: Intent<AwsIamTarget>) =>
    (await policies(ana)).filter((name) => name.startsWith(policyPrefix(intent.lease)));
  return {
    async level(intent: Intent<AwsIamTarget>): Promise<Level> {
      if (target.kind === 'group') return (await groups(ana)).includes(now) ? 'member' : 'none';
      return (await policiesOfLease(intent)).length > 0 ? 'present' : 'none';
    },
    async everythingElse() {
      const kept = await admin.send(new GetUserPolicyCommand({ ...handmade, UserName: ana }));
      const readers = await admin.send(new GetGroupCommand({ GroupName: 'readers' }));
      const bo = [await policies('bo'), await groups('bo')];
      return [bo, kept.PolicyDocument, readers.Users?.map((user) => user.UserName)];
    },
    deleteAccount,
    async recreateAccount() {
      await deleteAccount();
      await admin.send(new CreateUserCommand({ UserName: ana }));
    },
    async renameAccount() {
      await admin.send(new UpdateUserCommand({ UserName: ana, NewUserName: 'ana.f' }));
      await admin.send(new CreateUserCommand({ UserName: ana }));
      ana = 'ana.f';
    },
    ...(target.kind === 'group' && { setLevel, renameTarget, deleteTarget, recreateTarget }),
    ...(target.kind === 'policy' && { changeGranted, readGranted }),
    async grantAgain(intent: Intent<AwsIamTarget>) {
      if (target.kind === 'group') return setLevel('member');
      const PolicyName = policyName(intent.lease, intent.endsAt);
      await admin.send(new PutUserPolicyCommand({ ...handmade, UserName: ana, PolicyName }));
    },
    async deleteGranted(intent: Intent<AwsIamTarget>) {
      if (target.kind === 'group') return setLevel('none');
      for (const PolicyName of await policiesOfLease(intent))
        await admin.send(new DeleteUserPolicyCommand({ UserName: ana, PolicyName }));
    },
  };
}

function faultControl(proxy: FaultProxy): FaultControl {
  let unfreeze = () => undefined as void;
  const denied = { kind: 'answer', answer: error(403, 'AccessDenied') } as const;
  const narrow = () => proxy.arm({ when: always, act: denied, times: Infinity }).cancel;
  const answered = {
    kind: 'answer',
    answer: { status: 200, headers: xmlHeaders, body: '<Response/>' },
  } as const;
  return {
    failNextWriteAfterApplying: () => void proxy.arm({ when: isWrite, act: { kind: 'drop-after' } }),
    failNextWriteBeforeApplying: () => void proxy.arm({ when: isWrite, act: { kind: 'drop-before' } }),
    ignoreNextWrite: () => void proxy.arm({ when: isWrite, act: answered }),
    lateNextWrite() {
      const { reached } = proxy.arm({ when: isWrite, act: answered });
      return async () => {
        const { path, headers, body } = await reached;
        const kept = ['authorization', 'content-type', 'x-amz-security-token'].map(
          (name) => [name, String(headers[name])] as const,
        );
        await fetch(new URL(path, proxy.url), { method: 'POST', headers: Object.fromEntries(kept), body });
      };
    },
    staleReads: () => void (unfreeze = proxy.freeze(isRead, error(404, 'NoSuchEntity'))),
    freshReads: () => unfreeze(),
    throttleNextCall() {
      const answer = error(400, 'Throttling', { 'retry-after': '7' });
      proxy.arm({ when: always, act: { kind: 'answer', answer } });
      return 7_000;
    },
    throttleNextCallFor(waitMs) {
      const answer = error(400, 'Throttling', { 'retry-after': String(waitMs / 1_000) });
      proxy.arm({ when: always, act: { kind: 'answer', answer } });
    },
    // IAM API reference, PutUserPolicy and AddUserToGroup have this error for changes at the same time.
    conflictNextWrite: () =>
      void proxy.arm({
        when: isWrite,
        act: { kind: 'answer', answer: error(409, 'ConcurrentModification') },
      }),
    narrowCredential: narrow,
    narrowAfterNextWrite() {
      let widen = () => undefined as void;
      void proxy.arm({ when: isWrite, act: { kind: 'delay', ms: 0 } }).reached.then(() => (widen = narrow()));
      return () => widen();
    },
    beforeReadBack(effect) {
      void proxy.arm({ when: isWrite, act: { kind: 'delay', ms: 0 } }).reached.then(() => {
        proxy.arm({ when: isRead, act: { kind: 'hold', until: async () => effect() } });
      });
    },
    hangNextCall: () => proxy.arm({ when: always, act: { kind: 'hang' } }),
  };
}
