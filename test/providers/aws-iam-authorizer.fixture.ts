import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { groupsOfActions, refusalOf, type Mixing } from './aws-iam-mixing.fixture.ts';
import { decide, missingKeys, type ApiCall, type Document } from './iam-evaluator.fixture.ts';

/** Who calls, and what its policies say. */
export type Principal = Readonly<{ arn: string; documents: readonly Document[]; boundary?: Document }>;
/** What the authorizer must know of the users and groups behind it: the real ARNs, and the boundaries of the users. */
export type Places = Readonly<{
  account: string;
  partition?: string;
  userPath?: (name: string) => string;
  boundaryOf?: (name: string) => string | undefined;
  groupPath?: (name: string) => string;
  /** Which actions may be simulated together. The strictest rule is the default. */
  mixing?: Mixing;
}>;
/** One call that arrived, as IAM judges it. */
export type JudgedCall = Readonly<{
  action: string;
  resource: string;
  boundary: string | undefined;
  allowed: boolean;
}>;

type Fields = Readonly<Record<string, string>>;

// "Actions, resources, and condition keys for AWS Identity and Access Management": the actions with iam:PermissionsBoundary.
const WITH_BOUNDARY =
  /^(AttachUserPolicy|AttachRolePolicy|CreateUser|CreateRole|DeleteUserPolicy|DeleteRolePolicy|DeleteUserPermissionsBoundary|DeleteRolePermissionsBoundary|DetachUserPolicy|DetachRolePolicy|PutUserPermissionsBoundary|PutRolePermissionsBoundary|PutUserPolicy|PutRolePolicy|UpdateAssumeRolePolicy)$/;
const ON_GROUP = /^(AddUserToGroup|RemoveUserFromGroup|GetGroup|PutGroupPolicy|AttachGroupPolicy)$/;

/**
 * Puts AWS's access control in front of a server that has none. It judges each call by the principal's documents, with an evaluator
 * that shares no code with the provider, and refuses what they do not allow. It also answers the calls that moto does not
 * have: GetCallerIdentity and SimulatePrincipalPolicy, by the same evaluator.
 */
export async function startAuthorizer(upstream: string, principal: () => Principal, places: Places) {
  const calls: JudgedCall[] = [];
  const judge: Judge = (action, resource, boundary) => {
    const { documents, boundary: own } = principal();
    const context = boundary === undefined ? {} : { 'iam:permissionsboundary': boundary };
    const call: ApiCall = { action, resource, at: Date.now(), context };
    return {
      decision: decide(documents, call, own),
      missing: missingKeys([...documents, ...(own ? [own] : [])], call),
    };
  };
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const fields = Object.fromEntries(new URLSearchParams(body));
    const { Action = '' } = fields;
    if (Action === 'GetCallerIdentity') {
      calls.push({ action: 'sts:GetCallerIdentity', resource: '*', boundary: undefined, allowed: true });
      return answer(response, 200, result(Action, tag('Arn', principal().arn)));
    }
    const { resource, boundary } = placeOf(Action, fields, places);
    const allowed = judge(`iam:${Action}`, resource, boundary).decision === 'allowed';
    calls.push({ action: `iam:${Action}`, resource, boundary, allowed });
    if (!allowed)
      return answer(response, 403, error('AccessDenied', `not authorized to perform: iam:${Action}`));
    if (Action === 'SimulatePrincipalPolicy') {
      const groups = await groupsOfActions(listed(fields, 'ActionNames'), places.mixing ?? 'known-names');
      return groups.length > 1
        ? answer(response, 400, error('InvalidInput', refusalOf(groups)))
        : answer(response, 200, result(Action, simulation(fields, judge)));
    }
    const { authorization = '', 'x-amz-security-token': token } = request.headers;
    const passed = await fetch(upstream, {
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'application/x-www-form-urlencoded',
        ...(typeof token === 'string' && { 'x-amz-security-token': token }),
      },
      body,
    });
    answer(response, passed.status, await passed.text());
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: calls as readonly JudgedCall[],
    stop: () => new Promise((stopped) => server.close(stopped).closeAllConnections()),
  };
}

/** The resource of a call, and the boundary of the user that it is about. */
function placeOf(action: string, fields: Fields, places: Places) {
  const {
    account,
    partition = 'aws',
    userPath = () => '/',
    groupPath = () => '/',
    boundaryOf = () => undefined,
  } = places;
  const arn = (rest: string) => ({
    resource: `arn:${partition}:iam::${account}:${rest}`,
    boundary: undefined,
  });
  const { UserName = '', GroupName = '', RoleName, PolicyArn, PolicySourceArn } = fields;
  if (PolicySourceArn !== undefined) return { resource: PolicySourceArn, boundary: undefined };
  if (RoleName !== undefined) return arn(`role/${RoleName}`);
  if (ON_GROUP.test(action)) return arn(`group${groupPath(GroupName)}${GroupName}`);
  if (UserName)
    return {
      ...arn(`user${userPath(UserName)}${UserName}`),
      boundary: WITH_BOUNDARY.test(action) ? boundaryOf(UserName) : undefined,
    };
  return { resource: PolicyArn ?? '*', boundary: undefined };
}

type Judge = (
  action: string,
  resource: string,
  boundary: string | undefined,
) => Readonly<{ decision: string; missing: readonly string[] }>;

const listed = (fields: Fields, name: string): readonly string[] =>
  Object.entries(fields).flatMap(([field, value]) => (field.startsWith(`${name}.member.`) ? [value] : []));

/** One result for each action, with the decision for each resource inside, as IAM's API reference shows it. */
function simulation(fields: Fields, judge: Judge): string {
  const boundary = fields['ContextEntries.member.1.ContextKeyValues.member.1'];
  const resources = listed(fields, 'ResourceArns');
  const results = listed(fields, 'ActionNames').map((action) => {
    const judged = resources.map((resource) => ({
      resource,
      ...judge(action, resource, WITH_BOUNDARY.test(action.slice(4)) ? boundary : undefined),
    }));
    const [first = { resource: '*', decision: 'implicitDeny', missing: [] }] = judged;
    const inside = judged.map(({ resource, decision, missing }) =>
      tag(
        'member',
        tag('EvalResourceName', resource) + tag('EvalResourceDecision', decision) + missingValues(missing),
      ),
    );
    return tag(
      'member',
      tag('EvalActionName', action) +
        tag('EvalResourceName', first.resource) +
        tag('EvalDecision', first.decision) +
        // "This list is used when the resource in a simulation is "*"" (API reference, EvaluationResult).
        (first.resource === '*' ? missingValues(first.missing) : '') +
        tag('ResourceSpecificResults', inside.join('')),
    );
  });
  return tag('IsTruncated', 'false') + tag('EvaluationResults', results.join(''));
}

const missingValues = (keys: readonly string[]): string =>
  tag('MissingContextValues', keys.map((key) => tag('member', key)).join(''));

const tag = (name: string, inside: string) => `<${name}>${inside}</${name}>`;
const result = (action: string, inside: string) => tag(`${action}Response`, tag(`${action}Result`, inside));
const error = (code: string, message: string) =>
  tag('ErrorResponse', tag('Error', tag('Type', 'Sender') + tag('Code', code) + tag('Message', message)));

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'text/xml',
    'content-length': String(Buffer.byteLength(body)),
  });
  response.end(body);
}
