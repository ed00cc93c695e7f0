import type { IamAccount } from '../../providers/aws-iam/account.ts';
import type { IamApi, IamGroup } from '../../providers/aws-iam/api.ts';
import type { CredentialList, IamCredential } from '../../providers/aws-iam/credentials.ts';

type User = {
  id: string;
  name: string;
  path: string;
  partition: string;
  boundary: string | undefined;
  policies: Record<string, string>;
  attached: readonly string[];
  groups: readonly IamGroup[];
  createdAt: number | undefined;
  credentials: Partial<Record<CredentialList, readonly IamCredential[]>>;
  /** The access keys that are active. */
  keys: readonly string[];
};
type Overrides = Partial<IamApi>;

export const ACCOUNT = '123456789012';
export const DEPLOYERS: IamGroup = { id: 'AGPADEPLOYERS1', name: 'deployers' };
export const ana = (over: Partial<User> = {}): User => ({
  id: 'AIDA1',
  name: 'ana',
  path: '/',
  partition: 'aws',
  boundary: undefined,
  policies: {},
  attached: [],
  groups: [],
  createdAt: 0,
  credentials: {},
  keys: [],
  ...over,
});

export const arnOf = ({ partition, path, name }: User): string =>
  `arn:${partition}:iam::${ACCOUNT}:user${path}${name}`;

/**
 * IAM in memory. `calls` has each call with its arguments, without its signal. `overrides` answer instead, when
 * something happens to IAM.
 */
export function memoryIam(
  users: readonly User[],
  overrides: Overrides = {},
  groups = [DEPLOYERS],
  rest: Partial<IamAccount> = {},
) {
  const calls: string[] = [];
  const userOf = (name: string) => users.find((each) => each.name === name);
  const done = Promise.resolve();
  const api: IamApi = {
    user: (name) => {
      const found = userOf(name);
      return Promise.resolve(found && { id: found.id, name, account: ACCOUNT, partition: found.partition });
    },
    group: (name) => Promise.resolve(groups.find((each) => each.name === name)),
    groupMembers: (name) => {
      const group = groups.find((each) => each.name === name);
      const members = users.filter((user) => user.groups.some(({ id }) => id === group?.id));
      return Promise.resolve(group && { group, account: ACCOUNT, members });
    },
    userPage: () =>
      Promise.resolve({
        users: users.map(({ id, name, policies }) => ({
          id,
          name,
          account: ACCOUNT,
          policies: Object.entries(policies).map(([policy, document]) => ({ name: policy, document })),
        })),
      }),
    groupsOf: (name) => Promise.resolve(userOf(name)?.groups ?? []),
    policyNames: (name) => Promise.resolve(Object.keys(userOf(name)?.policies ?? {})),
    policy: (name, policy) => Promise.resolve(userOf(name)?.policies[policy]),
    putPolicy(name, policy, document) {
      const found = userOf(name);
      if (found) found.policies = { ...found.policies, [policy]: document };
      return done;
    },
    deletePolicy(name, policy) {
      const found = userOf(name);
      if (found) found.policies = without(found.policies, policy);
      return done;
    },
    addToGroup(name, group) {
      const [found, joined] = [userOf(name), groups.find((each) => each.name === group)];
      if (found && joined) found.groups = [...found.groups, joined];
      return done;
    },
    removeFromGroup(name, group) {
      const found = userOf(name);
      if (found) found.groups = found.groups.filter((each) => each.name !== group);
      return done;
    },
    account: () =>
      Promise.resolve({
        number: ACCOUNT,
        users: users.map((user) => ({
          ...user,
          arn: arnOf(user),
          policies: Object.keys(user.policies),
          groups: user.groups.map(({ name }) => name),
        })),
        roles: [],
        groups: [],
        policies: [],
        ...rest,
      }),
    activeKeys: (name) => Promise.resolve(userOf(name)?.keys ?? []),
    deactivateKey(name, key) {
      const found = userOf(name);
      if (found) found.keys = found.keys.filter((each) => each !== key);
      return done;
    },
    credentials: (list, name) => Promise.resolve(userOf(name)?.credentials[list] ?? []),
    ...overrides,
  };
  const recorded = Object.entries(api).map(([action, call]) => [
    action,
    (...given: readonly unknown[]) => {
      calls.push([action, ...given.slice(0, -1)].join(' '));
      return (call as (...given: readonly unknown[]) => unknown)(...given);
    },
  ]);
  return { api: Object.fromEntries(recorded) as IamApi, calls };
}

const without = (policies: User['policies'], name: string) =>
  Object.fromEntries(Object.entries(policies).filter(([each]) => each !== name));
