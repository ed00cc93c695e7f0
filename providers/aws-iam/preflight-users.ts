import type { Permission } from '../provider.ts';
import type { AccountUser } from './account.ts';
import {
  excess,
  missing,
  namesOf,
  SAMPLE,
  unknown,
  useUnknownWithout,
  type PreflightReads,
} from './findings.ts';
import { rightsFor, TOO_MUCH_ON_USERS } from './rights.ts';

/** The users to ask about: one of each path and boundary first, because policies differ by these. Never the credential itself. */
function sampleOf({ account, principal }: PreflightReads): readonly AccountUser[] {
  const others = account.users.filter(({ arn }) => arn !== principal.arn);
  const kinds = new Map<string, AccountUser>();
  for (const user of others) {
    const kind = `${user.arn.slice(0, -user.name.length)} ${user.boundary}`;
    if (!kinds.has(kind)) kinds.set(kind, user);
  }
  return [...new Set([...kinds.values(), ...others])].slice(0, SAMPLE);
}

/** With these on itself, the credential could give itself everything. */
const ON_ITSELF = ['iam:PutUserPolicy', ...TOO_MUCH_ON_USERS];

const ownBoundary = ({ account, principal }: PreflightReads): string | undefined =>
  account.users.find(({ arn }) => arn === principal.arn)?.boundary;

/** What the credential may do with the users of the account, and with itself. */
export async function checkUsers(
  seen: PreflightReads,
): Promise<Readonly<{ permissions: readonly Permission[]; notes: readonly string[] }>> {
  const { targets, duty, account, principal, ask } = seen;
  const users = sampleOf(seen);
  if (users.length === 0)
    return { permissions: [unknown('what it may do with users, because the account has none')], notes: [] };
  const rights = rightsFor(targets, duty);
  const actions = [
    ...new Set([
      ...rights.users,
      ...rights.receipts,
      ...rights.use.users,
      'iam:PutUserPolicy',
      ...TOO_MUCH_ON_USERS,
    ]),
  ];
  const boundaries = [...new Set(users.map((user) => user.boundary))];
  const arnsWith = (boundary: string | undefined) =>
    users.filter((user) => user.boundary === boundary).map(({ arn }) => arn);
  const [self, ...all] = await Promise.all([
    principal.kind === 'user' ? ask(ON_ITSELF, [principal.arn], ownBoundary(seen)) : () => false,
    ...boundaries.map((boundary) => ask(actions, arnsWith(boundary), boundary)),
  ]);
  const answers = new Map(boundaries.map((boundary, index) => [boundary, all[index]]));
  const may = (action: string, user: AccountUser) => answers.get(user.boundary)?.(action, user.arn);
  const allowedFor = (action: string) => users.filter((user) => may(action, user) === true);
  const unknownFor = (action: string) => users.filter((user) => may(action, user) === undefined);
  const grantsPolicies = rights.users.includes('iam:PutUserPolicy');
  const unlimited = allowedFor('iam:PutUserPolicy').filter(
    ({ boundary }) => !grantsPolicies || boundary === undefined,
  );
  const partly = (action: string) => users.filter((user) => may(action, user) === false);
  return {
    permissions: [
      ...rights.users
        .filter((action) => unknownFor(action).length > 0)
        .map((action) => unknown(`${action} on users`)),
      ...rights.users
        .filter((action) => partly(action).length === users.length)
        .map((action) => missing(`${action} on users. It is not allowed on ${namesOf(users)}`)),
      ...TOO_MUCH_ON_USERS.filter((action) => allowedFor(action).length > 0).map((action) =>
        excess(`${action} on ${namesOf(allowedFor(action))}`),
      ),
      ...(unlimited.length > 0
        ? [
            excess(
              `iam:PutUserPolicy on ${namesOf(unlimited)}${grantsPolicies ? ': a policy there can allow everything, because the user has no permissions boundary' : ''}`,
            ),
          ]
        : []),
      ...ON_ITSELF.filter((action) => self(action, principal.arn) === true).map((action) =>
        excess(`${action} on itself (${principal.arn})`),
      ),
      ...(ON_ITSELF.some((action) => self(action, principal.arn) === undefined)
        ? [unknown(`what it may do with itself (${principal.arn})`)]
        : []),
    ],
    notes: [
      `It was asked about ${users.length} of ${account.users.length} users.`,
      ...refusedOn(rights.users, (action) => (partly(action).length < users.length ? partly(action) : [])),
      ...rights.receipts
        .filter((action) => allowedFor(action).length === 0)
        .map((action) => `Without ${action}, a receipt cannot name what that call shows.`),
      ...rights.use.users.filter((action) => allowedFor(action).length === 0).map(useUnknownWithout),
    ],
  };
}

/** One sentence for the actions that are refused on the same users. */
function refusedOn(
  actions: readonly string[],
  on: (action: string) => readonly AccountUser[],
): readonly string[] {
  const byUsers = new Map<string, string[]>();
  for (const action of actions.filter((each) => on(each).length > 0)) {
    const users = namesOf(on(action));
    byUsers.set(users, [...(byUsers.get(users) ?? []), action]);
  }
  return [...byUsers].map(([users, refused]) => `Not allowed on ${users}: ${refused.join(', ')}.`);
}
