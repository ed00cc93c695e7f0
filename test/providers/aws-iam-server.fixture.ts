import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { IamApi, IamGroup } from '../../providers/aws-iam/api.ts';
import { ACCOUNT } from './aws-iam-memory.fixture.ts';
import { neverAborts } from './never-aborts.fixture.ts';

const tag = (name: string, inside: string) => `<${name}>${inside}</${name}>`;
const list = (name: string, items: readonly string[]) =>
  tag(name, items.map((each) => tag('member', each)).join(''));
const groupXml = ({ id, name }: IamGroup) => tag('GroupId', id) + tag('GroupName', name);
const userXml = ({ id, name }: Readonly<{ id: string; name: string }>) =>
  tag('UserId', id) + tag('UserName', name) + tag('Arn', `arn:aws:iam::${ACCOUNT}:user/${name}`);

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
  async GetAccountAuthorizationDetails(api) {
    const { users } = await api.accountUsers(neverAborts);
    const policies = (names: readonly string[]) =>
      list(
        'UserPolicyList',
        names.map((name) => tag('PolicyName', name)),
      );
    return list(
      'UserDetailList',
      users.map((user) => userXml(user) + policies(user.policies)),
    );
  },
};

const ABSENT = tag('ErrorResponse', tag('Error', tag('Code', 'NoSuchEntity') + tag('Message', 'not there')));

/** Answers the calls of IAM's API from this IAM in memory. */
export async function serveIam(api: IamApi) {
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { Action = '', ...fields } = Object.fromEntries(new URLSearchParams(await text(request)));
    const answer = await ANSWERS[Action]?.(api, fields);
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
