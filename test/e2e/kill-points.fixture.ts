import { type LeaseId, leaseIdOf, type RequestId } from '../../core/ids.ts';
import type { GithubState } from '../../sandbox/github/state.ts';
import type { Call } from '../faults/http-proxy.fixture.ts';
import type { PgProxy, Statement, StatementAt } from '../faults/pg-proxy.fixture.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import type { Company } from './company.fixture.ts';

/** Where a process is killed, in the order in which a change passes these places. */
export const BOUNDARIES = [
  'before its intent is committed',
  'after its intent, and before the call to the provider',
  'after the call was sent, without an answer',
  'after the answer, and before its outcome is committed',
  'after its outcome is committed, and before people are notified',
] as const;
export type Boundary = (typeof BOUNDARIES)[number];
export type Change = 'grant' | 'revoke';

/** The events that record the intent and the outcome of a change. */
const INTENT = { grant: 'intended', revoke: 'revoke-started' } as const;
const OUTCOME = { grant: 'granted', revoke: 'revoked' } as const;

/** A lease of the request whose change is stopped at one boundary. `number` is that of its entitlement and of its target. */
export type Stopped = Readonly<{ lease: LeaseId; number: number }>;
/** `reached` resolves when something is stopped. Until `cancel`, whatever tries again is stopped too. */
export type Stop = Readonly<{ reached: Promise<unknown>; cancel: () => void }>;

/** One provider in the table of kills. */
export type ProviderCase = Readonly<{
  provider: string;
  /** The target of the entitlement of that number, as a line of the catalogue. */
  target(number: number): string;
  /** Stops the call that makes the change: before the vendor gets it, or before its answer arrives. */
  stopCall(change: Change, at: Stopped, before: 'call' | 'answer'): Stop;
  /** The times at which the vendor changed the access, as the vendor or the proxy before it recorded them. */
  effects(change: Change, at: Stopped): readonly number[];
}>;

const NUMBERS = BOUNDARIES.map((_, index) => index + 1);
export const entitlementOf = (number: number): string => `boundary-${number}`;
const teamOf = (number: number): number => 5_100 + number;
const roleOf = (number: number): string => `killed_reader_${number}`;

/** A team for each boundary. */
export const addTeams = (state: GithubState): void => {
  state.teams.push(
    ...NUMBERS.map((number) => ({
      id: teamOf(number),
      slug: entitlementOf(number),
      name: `Boundary ${number}`,
      synchronised: false,
      parent: null,
      members: {},
      repos: {},
    })),
  );
};

/** Creates a role for each boundary on the server that all test files share. The returned function drops them. */
export async function addRoles(): Promise<() => Promise<void>> {
  const inEach = (statements: (role: string) => readonly string[]) =>
    asAdmin(async (admin) => {
      for (const statement of NUMBERS.flatMap((number) => statements(roleOf(number))))
        await admin.query(statement);
    });
  await inEach((role) => [
    `create role ${role} nologin`,
    `grant ${role} to curfew_granter with admin option`,
  ]);
  return () => inEach((role) => [`drop role ${role}`]);
}

/** Adds an entitlement for each boundary, which gives access at every provider. */
export const addEntitlements = (company: Company, cases: readonly ProviderCase[]) =>
  company.edit(
    'catalogue.yaml',
    'entitlements:\n',
    `entitlements:\n${NUMBERS.map((number) => entitlement(number, cases)).join('')}`,
  );

const entitlement = (number: number, cases: readonly ProviderCase[]): string => `
  - id: ${entitlementOf(number)}
    title: Boundary ${number}
    about: Access at every provider, which is granted and revoked while processes are killed.
    owner: person:cy
    usual: 1h
    longest: 8h
    requesters: [group:engineers]
    targets:
${cases.map((each) => `      - ${each.target(number)}\n`).join('')}    route:
      approvers: [owner, manager]
`;

/** Stops the change of one request at a boundary, at every provider. */
export function stopAt(
  company: Company,
  cases: readonly ProviderCase[],
  { boundary, change, request }: Readonly<{ boundary: Boundary; change: Change; request: RequestId }>,
): readonly Stop[] {
  const number = BOUNDARIES.indexOf(boundary) + 1;
  const ledger = ledgerStops(company, request);
  const calls = (before: 'call' | 'answer') =>
    cases.map((each, position) =>
      each.stopCall(change, { lease: leaseIdOf(request, position), number }, before),
    );
  switch (boundary) {
    case 'before its intent is committed':
      return [ledger.before(INTENT[change])];
    case 'after its intent, and before the call to the provider':
      return calls('call');
    case 'after the call was sent, without an answer': {
      // An attempt that gives the call up is followed by one that must not record its outcome either.
      const { cancel } = ledger.before(OUTCOME[change]);
      return [...calls('answer'), { reached: Promise.resolve(), cancel }];
    }
    case 'after the answer, and before its outcome is committed':
      return [ledger.before(OUTCOME[change])];
    case 'after its outcome is committed, and before people are notified':
      return cases.map((_, position) => ledger.after(OUTCOME[change], leaseIdOf(request, position)));
  }
}

/** Stops a transaction that records an event: before the event is written, or after its commit. */
function ledgerStops({ ledgerProxy: proxy }: Company, request: RequestId) {
  if (!proxy) throw new Error('the company was started without a proxy before its ledger');
  const records =
    (kind: string, text = '') =>
    ({ sql, values }: Statement) =>
      sql.startsWith('insert into event (') &&
      values.includes(request) &&
      values.includes(kind) &&
      values.some((value) => value?.includes(text));
  const always = { times: Infinity };
  return {
    before: (kind: string): Stop =>
      proxy.arm({ when: (_sql, at) => records(kind)(at), act: 'hang', ...always }),
    after: (kind: string, lease: LeaseId): Stop =>
      proxy.arm({
        when: (sql, { earlier }) => sql === 'commit' && earlier.some(records(kind, lease)),
        act: 'hang-after',
        ...always,
      }),
  };
}

export function providerCasesOf(company: Company): readonly ProviderCase[] {
  return [postgresCase(company.pgProxy), githubCase(company), ...(company.aws ? [awsCase(company.aws)] : [])];
}

function postgresCase(proxy: PgProxy): ProviderCase {
  const statements = {
    grant: (lease: LeaseId) => `create role "curfew_${lease}"`,
    revoke: (lease: LeaseId) => `alter role "curfew_${lease}" with nologin`,
    drop: (lease: LeaseId) => `drop role "curfew_${lease}"`,
  };
  const makes =
    (what: keyof typeof statements, lease: LeaseId) =>
    ({ sql }: Statement) =>
      sql.startsWith(statements[what](lease));
  const commits = (what: keyof typeof statements, lease: LeaseId) => (at: StatementAt) =>
    at.sql === 'commit' && at.earlier.some(makes(what, lease));
  return {
    provider: 'postgres',
    target: (number) => `{ provider: postgres, database: orders, role: ${roleOf(number)} }`,
    stopCall(change, { lease }, before) {
      if (before === 'call')
        return proxy.arm({ when: (_sql, at) => makes(change, lease)(at), act: 'hang', times: Infinity });
      return proxy.arm({ when: (_sql, at) => commits(change, lease)(at), act: 'hang-after' });
    },
    // A removal disables the login, again in each attempt, and then drops the role, which happens once.
    effects(change, { lease }) {
      const of = (what: keyof typeof statements) =>
        proxy.passed.filter(commits(what, lease)).map(({ at }) => at);
      return change === 'grant' ? of('grant') : [...of('revoke').slice(0, 1), ...of('drop').slice(1)];
    },
  };
}

function githubCase({ github, githubProxy: proxy }: Company): ProviderCase {
  const isOf = (number: number) => (call: Call) => call.path.includes(`/team/${teamOf(number)}/`);
  return {
    provider: 'github',
    target: (number) =>
      `{ provider: github, kind: team, org: lantern, team: ${entitlementOf(number)}, id: ${teamOf(number)} }`,
    stopCall: (change, { number }, before) =>
      stopHttp(
        proxy,
        (call) => isOf(number)(call) && call.method === (change === 'grant' ? 'PUT' : 'DELETE'),
        before,
      ),
    effects: (change, { number }) =>
      github.github
        .effects()
        .filter(
          ({ target, after }) =>
            target === `lantern/${entitlementOf(number)}` && (after === 'none') === (change === 'revoke'),
        )
        .map(({ at }) => at),
  };
}

function awsCase({ proxy }: NonNullable<Company['aws']>): ProviderCase {
  const fields = ({ body }: Call) => new URLSearchParams(body);
  const writes = (change: Change, lease: LeaseId) => (call: Call) =>
    fields(call).get('Action') === (change === 'grant' ? 'PutUserPolicy' : 'DeleteUserPolicy') &&
    (fields(call).get('PolicyName') ?? '').includes(lease);
  return {
    provider: 'aws-iam',
    target: (number) =>
      `{ provider: aws-iam, kind: policy, statements: [{ Effect: Allow, Action: ['logs:GetLogEvents'], Resource: 'arn:aws:logs:*:*:log-group:/boundary/${number}' }] }`,
    stopCall: (change, { lease }, before) => stopHttp(proxy, writes(change, lease), before),
    // The same document under the same name changes nothing.
    effects(change, { lease }) {
      const done = proxy.passed.filter((call) => call.status === 200 && writes(change, lease)(call));
      return [...new Map(done.toReversed().map(({ body, at }) => [body, at])).values()];
    },
  };
}

/** The call that never reaches the vendor is stopped again in each attempt. */
const stopHttp = (
  proxy: Company['githubProxy'],
  when: (call: Call) => boolean,
  before: 'call' | 'answer',
): Stop =>
  before === 'call'
    ? proxy.arm({ when, act: { kind: 'hang' }, times: Infinity })
    : proxy.arm({ when, act: { kind: 'hang-after' } });
