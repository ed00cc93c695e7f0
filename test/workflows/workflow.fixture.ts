import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, type WorkflowBundle } from '@temporalio/worker';
import { uuidv7 } from 'uuidv7';
import { isAnswer, recordAnswer } from '../../requests/answer.ts';
import { createActivities } from '../../activities/index.ts';
import type { Deps } from '../../requests/deps.ts';
import {
  clickIdOf,
  type ClickId,
  leaseIdOf,
  type PersonId,
  type RequestId,
  requestIdOf,
} from '../../core/ids.ts';
import type { Event } from '../../core/request/events.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import type { RequestState } from '../../core/request/state.ts';
import { type DispatcherDeps, startDispatcher } from '../../inbox/dispatcher.ts';
import { type RequestWorkflows, requestWorkflows } from '../../temporal/client.ts';
import { bundleWorkflows, startWorkers } from '../../temporal/worker.ts';
import { type Click, type Ledger, openLedger } from '../../ledger/index.ts';
import { openPolicy } from '../../policy/index.ts';
import { fakeProvider, type FakeVendor, fakeVendor, memoryLog } from '../../providers/fake/index.ts';
import { targetReader } from '../../providers/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { workflowIdOf } from '../../workflows/messages.ts';
import { explainWithLog } from '../explain.fixture.ts';
import { asAdmin, freshDatabase, shiftClock } from '../ledger/database.fixture.ts';
import { until } from '../until.fixture.ts';
import './runtime.fixture.ts';
import { controlProvider, type ProviderControl } from './provider-control.fixture.ts';

const PEOPLE = `
people:
  - { id: ana, name: Ana, manager: bo, accounts: { fake: ana } }
  - { id: bo, name: Bo }
  - { id: cy, name: Cy }
  - { id: dee, name: Dee }
groups: { owners: [bo, cy] }
`;
const CATALOGUE = `
entitlements:
  - id: thing
    title: The thing
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: thing, level: write }]
    route: { approvers: [group:owners], waits: 8h }
  - id: pair
    title: Two things
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: thing, level: read }, { provider: fake, resource: other, level: admin }]
    route: { approvers: [group:owners], needs: 2, waits: 8h }
  - id: other
    title: Another thing
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: other, level: write }]
    route: { approvers: [group:owners], waits: 8h }
  - id: top
    title: The thing, whole
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: thing, level: admin }]
    route: { approvers: [group:owners], waits: 8h }
`;

/** Everything except Slack, on real Postgres and a real Temporal server, with a simulated vendor. */
export type WorkflowFixture = Readonly<{
  ledger: Ledger;
  client: Client;
  workflows: RequestWorkflows;
  deps: Deps;
  vendor: FakeVendor;
  /** Pauses calls to the provider, or makes them fail. */
  providerControl: ProviderControl;
  /** The address of the ledger's database, with its owner as the user. */
  url: string;
  folder: string;
  queue: string;
  bundle: WorkflowBundle;
  /** Writes a click as the bot does, and returns the id of the click. */
  click(click: Partial<Click> & Pick<Click, 'kind'>): Promise<ClickId>;
  submit(more?: {
    entitlement?: string;
    length?: string;
    reason?: string;
    person?: string;
  }): Promise<RequestId>;
  answer(
    request: RequestId,
    kind: 'approve' | 'deny' | 'withdraw' | 'end',
    by: string,
    more?: object,
  ): Promise<ClickId>;
  state(request: RequestId): Promise<RequestState>;
  /** The kinds of the events in the audit trail, in order, with a space between them. */
  kinds(request: RequestId): Promise<string>;
  waitForState(request: RequestId, kind: RequestState['kind']): Promise<RequestState>;
  outcomeOf(click: ClickId): Promise<unknown>;
  levelOf(resource?: string): string;
  /** The last fault of the first lease in the ledger; null when the last attempt succeeded. */
  faultOf(request: RequestId): Promise<string | null>;
  /** Replaces one text in a policy file. Returns a function that restores the file. */
  edit(file: string, from: string, to: string): Promise<() => Promise<void>>;
  /** Sets how far the ledger's clock is ahead of the machine's clock, in milliseconds. */
  shiftClock(ms: number): Promise<void>;
  startWorker(): Promise<{ stop(): Promise<void> }>;
  stop(): Promise<void>;
}>;

let sharedBundle: Promise<WorkflowBundle> | undefined;

export async function startWorkflowFixture({
  worker = true,
  address = process.env['TEST_TEMPORAL_ADDRESS'] ?? '',
}: { worker?: boolean; address?: string } = {}): Promise<WorkflowFixture> {
  const keepError = explainWithLog('the errors of the dispatcher');
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'curfew-fixture-'));
  await writeFile(join(folder, 'people.yaml'), PEOPLE);
  await writeFile(join(folder, 'catalogue.yaml'), CATALOGUE);

  const vendor = fakeVendor(memoryLog());
  vendor.makeAccount('ana');
  for (const resource of ['thing', 'other']) vendor.makeTarget(resource);
  const providerControl = controlProvider(fakeProvider(vendor) as Provider);
  const providers = new Map<string, Provider>([['fake', providerControl.provider]]);
  const policy = openPolicy(folder, targetReader(providers));
  const sealer = { seal: (text: string) => Buffer.from(text), open: (sealed: Buffer) => sealed.toString() };
  const ledger = openLedger(database.url);
  const deps: Deps = { ledger, providers, policy, sealer };

  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection });
  const queue = `test-${uuidv7()}`;
  const bundle = await (sharedBundle ??= bundleWorkflows());

  const startWorker = () =>
    startWorkers({
      connection: native,
      namespace: 'default',
      activities: createActivities(deps),
      bundle,
      providers: ['fake'],
      queue,
    });
  const workflows = requestWorkflows(client, queue);
  const dispatcherDeps: DispatcherDeps = {
    ledger,
    workflows,
    checkAccount: () => Promise.resolve(undefined),
    onError: (error) => keepError(String(error)),
    isAnswer,
    recordAnswer: (click) => recordAnswer(deps, click),
  };
  const workers = worker ? await startWorker() : undefined;
  const dispatcher = startDispatcher(dispatcherDeps);

  const state = async (request: RequestId) =>
    stateAfter((await ledger.readTrail(request)).map(({ event }) => event));

  async function click(fields: Partial<Click> & Pick<Click, 'kind'>): Promise<ClickId> {
    const id = fields.id ?? clickIdOf(uuidv7());
    const body = {
      request: requestIdOf(id),
      via: 'slack',
      account: 'U1',
      person: 'ana',
      body: {},
      ...fields,
      id,
    };
    await ledger.writeClick(body as Click);
    return id;
  }

  return {
    ledger,
    client,
    workflows,
    deps,
    vendor,
    providerControl,
    url: database.url,
    folder,
    queue,
    bundle,
    click,
    submit: async ({ entitlement = 'thing', length = '1h', reason = 'incident 4312', person = 'ana' } = {}) =>
      requestIdOf(
        await click({ kind: 'request', person: person as PersonId, body: { entitlement, length, reason } }),
      ),
    answer: async (request, kind, by, more = {}) => {
      const current = await state(request);
      const digest = current.kind === 'blank' ? '' : current.details.digest;
      return click({ kind, request, person: by as PersonId, body: { digest }, ...more });
    },
    state,
    kinds: async (request) => (await ledger.readTrail(request)).map(({ event }) => event.kind).join(' '),
    waitForState: (request, kind) =>
      until(`${request} is ${kind}`, async () => {
        const now = await state(request);
        return now.kind === kind ? now : undefined;
      }),
    outcomeOf: (id) => until(`${id} is settled`, () => ledger.clickOutcome(id)),
    levelOf: (resource = 'thing') => vendor.levelOf('ana', resource),
    async faultOf(request) {
      let fault: string | null = null;
      await asAdmin(async (owner) => {
        const query = 'select last_fault from lease where id = $1';
        fault = (await owner.query(query, [leaseIdOf(request, 0)])).rows[0]?.last_fault ?? null;
      }, database.url);
      return fault;
    },
    async edit(file, from, to) {
      const path = join(folder, file);
      const before = await readFile(path, 'utf8');
      if (!before.includes(from)) throw new Error(`${file} does not contain "${from}"`);
      await writeFile(path, before.replace(from, to));
      return () => writeFile(path, before);
    },
    shiftClock: (ms) => shiftClock(database.url, ms),
    startWorker,
    async stop() {
      await dispatcher.stop();
      await workers?.stop();
      await native.close();
      await connection.close();
      await ledger.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The id of the first lease of a request. */
export const firstLease = (request: RequestId) => leaseIdOf(request, 0);
/** The events of one kind in an audit trail. */
export const eventsOf = <K extends Event['kind']>(trail: readonly { event: Event }[], kind: K) =>
  trail.flatMap(({ event }) => (event.kind === kind ? [event as Extract<Event, { kind: K }>] : []));
export const handleOf = (fixture: WorkflowFixture, request: RequestId) =>
  fixture.client.workflow.getHandle(workflowIdOf(request));
