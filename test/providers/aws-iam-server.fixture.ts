import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AccountGroup, AccountPolicy, AccountUser } from '../../providers/aws-iam/account.ts';
import type { IamApi, IamGroup } from '../../providers/aws-iam/api.ts';
import { ACCOUNT } from './aws-iam-memory.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const tag = (name: string, inside: string) => `<${name}>${inside}</${name}>`;
const list = (name: string, items: readonly string[]) =>
  tag(name, items.map((each) => tag('member', each)).join(''));
const groupXml = ({ id, name }: IamGroup) => tag('GroupId', id) + tag('GroupName', name);
const userXml = ({
  id,
  name,
  partition = 'aws',
}: Readonly<{ id: string; name: string; partition?: string }>) =>
  tag('UserId', id) + tag('UserName', name) + tag('Arn', `arn:${partition}:iam::${ACCOUNT}:user/${name}`);

const CURFEW = { id: 'AROACURFEW', name: 'curfew', arn: `arn:aws:iam::${ACCOUNT}:role/curfew` };
const names = (name: string, all: readonly string[], of: string) =>
  list(
    name,
    all.map((each) => tag(of, each)),
  );
const boundaryXml = (boundary: string | undefined) =>
  boundary ? tag('PermissionsBoundary', tag('PermissionsBoundaryArn', boundary)) : '';
const userDetail = (user: AccountUser) =>
  tag('UserId', user.id) +
  tag('UserName', user.name) +
  tag('Arn', user.arn) +
  names('UserPolicyList', user.policies, 'PolicyName') +
  names('AttachedManagedPolicies', user.attached, 'PolicyName') +
  list('GroupList', user.groups) +
  boundaryXml(user.boundary);
const groupDetail = (group: AccountGroup) =>
  groupXml(group) +
  tag('Arn', group.arn) +
  names('GroupPolicyList', group.documents.map(encodeURIComponent), 'PolicyDocument') +
  names('AttachedManagedPolicies', group.attached, 'PolicyArn');
const roleDetail = ({
  id,
  name,
  arn,
  boundary,
}: Readonly<{ id: string; name: string; arn: string; boundary?: string | undefined }>) =>
  tag('RoleId', id) + tag('RoleName', name) + tag('Arn', arn) + boundaryXml(boundary);
const policyDetail = ({ arn, document }: AccountPolicy) =>
  tag('Arn', arn) +
  list('PolicyVersionList', [
    tag('IsDefaultVersion', 'true') + tag('Document', encodeURIComponent(document)),
  ]);

/** What IAM answers to each action, in its XML. Undefined when the user, group or policy does not exist. */
const ANSWERS: Readonly<
  Record<string, (api: IamApi, of: Record<string, string>) => Promise<string | undefined>>
> = {
  async GetUser(api, { UserName = '' }) {
    const user = await api.user(UserName, neverAborts);
    return user && tag('User', userXml(user));
  },
  async GetGroup(api, { GroupName = '' }) {
    const group = await api.group(GroupName, neverAborts);
    return group && tag('Group', groupXml(group));
  },
  ListGroupsForUser: async (api, { UserName = '' }) =>
    list('Groups', (await api.groupsOf(UserName, neverAborts)).map(groupXml)),
  ListUserPolicies: async (api, { UserName = '' }) =>
    list('PolicyNames', await api.policyNames(UserName, neverAborts)),
  async GetUserPolicy(api, { UserName = '', PolicyName = '' }) {
    const policy = await api.policy(UserName, PolicyName, neverAborts);
    return policy && tag('PolicyDocument', encodeURIComponent(policy));
  },
  PutUserPolicy: (api, { UserName = '', PolicyName = '', PolicyDocument = '' }) =>
    api.putPolicy(UserName, PolicyName, PolicyDocument, neverAborts).then(() => ''),
  DeleteUserPolicy: (api, { UserName = '', PolicyName = '' }) =>
    api.deletePolicy(UserName, PolicyName, neverAborts).then(() => ''),
  AddUserToGroup: (api, { UserName = '', GroupName = '' }) =>
    api.addToGroup(UserName, GroupName, neverAborts).then(() => ''),
  RemoveUserFromGroup: (api, { UserName = '', GroupName = '' }) =>
    api.removeFromGroup(UserName, GroupName, neverAborts).then(() => ''),
  async GetAccountAuthorizationDetails(api, fields) {
    const parts = Object.entries(fields).flatMap(([field, part]) =>
      field.startsWith('Filter.') ? [part] : [],
    );
    const { users, groups, roles, policies } = await api.account([], neverAborts);
    const show = (part: string, inside: string) => (parts.includes(part) ? inside : '');
    return (
      list('UserDetailList', parts.includes('User') ? users.map(userDetail) : []) +
      show('Group', list('GroupDetailList', groups.map(groupDetail))) +
      show('Role', list('RoleDetailList', [...roles.map(roleDetail), roleDetail(CURFEW)])) +
      show('LocalManagedPolicy', list('Policies', policies.map(policyDetail)))
    );
  },
  async ListAccessKeys(api, { UserName = '' }) {
    const keys = await api.credentials('ListAccessKeys', UserName, neverAborts);
    return list(
      'AccessKeyMetadata',
      keys.map(({ what }) => tag('AccessKeyId', what)),
    );
  },
  ListServiceSpecificCredentials: async () => list('ServiceSpecificCredentials', []),
  ListSSHPublicKeys: async () => list('SSHPublicKeys', []),
  ListSigningCertificates: async () => list('Certificates', []),
  ListMFADevices: async () => list('MFADevices', []),
};

const ABSENT = tag('ErrorResponse', tag('Error', tag('Code', 'NoSuchEntity') + tag('Message', 'not there')));

/** Answers the calls of IAM's API from this IAM in memory. `more` has the inside of other answers, by their action. */
export async function serveIam(api: IamApi, more: Readonly<Record<string, string>> = {}) {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { Action = '', ...fields } = Object.fromEntries(new URLSearchParams(await text(request)));
    const answer = more[Action] ?? (await ANSWERS[Action]?.(api, fields));
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'text/xml' });
    response.end(answer === undefined ? ABSENT : tag(`${Action}Response`, tag(`${Action}Result`, answer)));
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((stopped) => server.close(stopped).closeAllConnections()),
  };
}
