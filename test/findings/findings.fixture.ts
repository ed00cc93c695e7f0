import { uuidv7 } from 'uuidv7';
import type { Finding, FindingId, FindingState } from '../../core/findings/finding.ts';
import { clickIdOf, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import {
  type ClickBody,
  type Click,
  type Ledger,
  type LedgerRole,
  openLedger,
  type RecordResult,
} from '../../ledger/index.ts';
import { accountActingAs } from '../../requests/acting-as.ts';
import { decideClick } from '../../requests/decide-click.ts';
import { seenDigest } from '../../requests/findings/seen-digest.ts';
import { carryOutFindings } from '../../upkeep/carry-out-findings.ts';
import { checkAccesses } from '../../upkeep/check-accesses.ts';
import { type PassReport, reconcile } from '../../upkeep/reconcile.ts';
import { asAdmin } from '../ledger/database.fixture.ts';
import type { Provider } from '../../providers/provider.ts';
import { type RequestsFixture, startRequestsFixture } from '../requests/requests.fixture.ts';
import { answered, approvedWithoutWorkflow, granted, revoked } from '../requests/steps.fixture.ts';

export const MINUTE = 60_000;
const EVERY = 15 * MINUTE;

export type FindingsFixture = RequestsFixture &
  Readonly<{ as: Readonly<Record<'sweeper' | 'worker' | 'courier', Ledger>> }>;

/**
 * The fixture of requests with one provider, because the other one of that fixture shows the same vendor under another name. Each part acts
 * with the rights of its own role.
 */
export async function startFindingsFixture(): Promise<FindingsFixture> {
  const fixture = await startRequestsFixture();
  // Without security people, the owners of the entitlements decide about findings.
  await fixture.edit('catalogue.yaml', 'security: { people: [person:dee, person:eli], needs: 2 }\n', '');
  await fixture.edit('people.yaml', '{ slack: U0BO }', '{ slack: U0BO, fake: eve }');
  const fake = fixture.deps.providers.get('fake') as Provider;
  const open = (role: LedgerRole) => openLedger(fixture.url, { role, connections: 3 });
  const as = { sweeper: open('sweeper'), worker: open('worker'), courier: open('courier') };
  return {
    ...fixture,
    as,
    deps: { ...fixture.deps, providers: new Map([['fake', fake]]) },
    async stop() {
      await Promise.all(Object.values(as).map((ledger) => ledger.close()));
      await fixture.stop();
    },
  };
}

type WithRoles = Pick<FindingsFixture, 'deps' | 'as'>;
const depsAs = ({ deps, as }: WithRoles, role: keyof FindingsFixture['as']) => ({
  ...deps,
  ledger: as[role],
});

/** The dependencies, with something of the fake provider replaced. */
export function withProvider<F extends Pick<RequestsFixture, 'deps'>>(
  fixture: F,
  change: (inner: Provider) => Partial<Provider>,
): F {
  const inner = fixture.deps.providers.get('fake') as Provider;
  const providers = new Map([...fixture.deps.providers, ['fake', { ...inner, ...change(inner) }]]);
  return { ...fixture, deps: { ...fixture.deps, providers } };
}

/** One pass of all looks that are due. */
export const looked = (fixture: WithRoles) => checkAccesses(depsAs(fixture, 'sweeper'), EVERY);

/** One reconciliation of all targets that are due. */
export async function reconciled(fixture: WithRoles): Promise<readonly PassReport[]> {
  const reports: PassReport[] = [];
  const options = { everyMs: EVERY, stop: new AbortController().signal };
  for (const name of fixture.deps.providers.keys())
    await reconcile(depsAs(fixture, 'sweeper'), name, {
      ...options,
      report: (each) => void reports.push(each),
    });
  return reports;
}

/** Makes every target due now, and reconciles. */
export async function reconciledAgain(fixture: FindingsFixture): Promise<readonly PassReport[]> {
  await owner(fixture, 'update target_pass set next_at = ledger_now()');
  return reconciled(fixture);
}

/** Runs a statement as the owner of the tables. */
export const owner = ({ url }: Pick<RequestsFixture, 'url'>, sql: string): Promise<void> =>
  asAdmin(async (admin) => void (await admin.query(sql)), url);

export const findingsIn = (
  { ledger }: Pick<RequestsFixture, 'ledger'>,
  ...states: readonly FindingState[]
): Promise<readonly Finding[]> => ledger.listFindings({ states, limit: 1_000 });

/** The accounts of findings in a state, in the order of their names. */
export const namesIn = async (
  fixture: Pick<RequestsFixture, 'ledger'>,
  state: FindingState,
): Promise<readonly string[]> => (await findingsIn(fixture, state)).map(({ subject }) => subject.name).sort();

/** A person decides about a finding at the command line, as the dispatcher decides it. */
export async function decided(
  fixture: WithRoles,
  kind: 'adopt' | 'revoke',
  { id: finding }: Pick<Finding, 'id'>,
  {
    by = 'cy',
    id = clickIdOf(uuidv7()),
    seen,
    ...more
  }: Partial<Omit<ClickBody<'adopt-finding'>, 'finding'>> & {
    by?: string;
    id?: Click<'adopt-finding' | 'revoke-finding'>['id'];
  } = {},
): Promise<Pick<RecordResult, 'outcome'>> {
  const found = await fixture.as.worker.readFinding(finding);
  const shown = seen ?? (found ? seenDigest(found) : '');
  return decideClick(depsAs(fixture, 'worker'), {
    id,
    request: requestIdOf(id),
    via: 'cli',
    kind: `${kind}-finding`,
    account: accountActingAs('tester', by),
    person: by as PersonId,
    body: { finding, seen: shown, ...(kind === 'adopt' ? { note: 'she is on call for it' } : {}), ...more },
  } satisfies Click<'adopt-finding' | 'revoke-finding'>);
}

/** The same, and the sweeper carries it out. */
export async function carriedOut(
  fixture: WithRoles,
  ...decision: Parameters<typeof decided> extends readonly [unknown, ...infer Rest] ? Rest : never
): Promise<RecordResult['outcome']> {
  const { outcome } = await decided(fixture, ...decision);
  await carryOutFindings(depsAs(fixture, 'sweeper'));
  return outcome;
}

/** A request whose first lease is granted. */
export async function live(
  fixture: RequestsFixture,
  entitlement: 'thing' | 'look' | 'top' | 'other' = 'thing',
): Promise<RequestId> {
  const request = await approvedWithoutWorkflow(fixture, { entitlement });
  await granted(fixture, request);
  return request;
}

/** Ends a request, with its receipt. */
export async function ended(fixture: RequestsFixture, request: RequestId): Promise<void> {
  await answered(fixture, request, { kind: 'end', by: 'ana' });
  await revoked(fixture, request);
}

/** Accounts at the fake vendor that have a level at a target, as an administrator gave it. */
export function people(
  { vendor }: Pick<RequestsFixture, 'vendor'>,
  names: readonly string[],
  level: 'read' | 'write' | 'admin' = 'read',
  target = 'thing',
): void {
  for (const name of names) {
    vendor.makeAccount(name);
    vendor.setLevel(name, target, level);
  }
}

export const only = async (
  fixture: Pick<RequestsFixture, 'ledger'>,
  state: FindingState = 'open',
): Promise<Finding> => {
  const all = await findingsIn(fixture, state);
  const [finding] = all;
  if (!finding || all.length > 1) throw new Error(`there are ${all.length} findings that are ${state}`);
  return finding;
};

export const idsOf = (findings: readonly Finding[]): readonly FindingId[] => findings.map(({ id }) => id);
