import { Client, Connection } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { NativeConnection, type WorkflowBundle } from '@temporalio/worker';
import { uuidv7 } from 'uuidv7';
import { decideClick } from '../../requests/decide-click.ts';
import { providerActivities, requestActivities } from '../../activities/index.ts';
import { clickIdOf, type ClickId, type PersonId, type RequestId, requestIdOf } from '../../core/ids.ts';
import { digestToAnswer } from '../../core/request/extension.ts';
import type { Event } from '../../core/request/events.ts';
import type { RequestState } from '../../core/request/state.ts';
import { startAccountChecks } from '../../inbox/account-checks.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import { startWaker } from '../../inbox/waker.ts';
import { type RequestWorkflows, requestWorkflows } from '../../temporal/client.ts';
import { dataConverterOf } from '../../temporal/data-converter.ts';
import { startWorkers } from '../../temporal/worker.ts';
import type { Click } from '../../ledger/index.ts';
import { workflowIdOf } from '../../workflows/messages.ts';
import { memberFacts } from '../core/account.fixture.ts';
import { explainWithLog } from '../explain.fixture.ts';
import { type RequestsFixture, slackAccountOf, startRequestsFixture } from '../requests/requests.fixture.ts';
import { until } from '../until.fixture.ts';
import { workflowBundle } from '../../temporal/workflow-bundle.ts';
import './runtime.fixture.ts';

export { firstLease } from '../requests/requests.fixture.ts';

/** Everything except Slack, on real Postgres and a real Temporal server, with a simulated vendor. */
export type WorkflowFixture = RequestsFixture &
  Readonly<{
    client: Client;
    workflows: RequestWorkflows;
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
    waitForState(request: RequestId, kind: RequestState['kind']): Promise<RequestState>;
    outcomeOf(click: ClickId): Promise<unknown>;
    /** Without `providers` it runs the activities of the fixture's provider, and without `workflows` the workflows too. */
    startWorker(parts?: {
      workflows?: boolean;
      providers?: readonly string[];
    }): Promise<{ stop(): Promise<void> }>;
    /** From now on nothing starts or wakes the workflow of this request. */
    keepAsleep(request: RequestId): void;
  }>;

let sharedBundle: Promise<WorkflowBundle> | undefined;

export async function startWorkflowFixture({
  worker = true,
  address = process.env['TEST_TEMPORAL_ADDRESS'] ?? '',
  codec,
}: { worker?: boolean; address?: string; codec?: PayloadCodec } = {}): Promise<WorkflowFixture> {
  const keepError = explainWithLog('the errors of the dispatcher');
  const base = await startRequestsFixture();
  const { ledger, deps, state } = base;

  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection, ...(codec ? { dataConverter: dataConverterOf(codec) } : {}) });
  const queue = `test-${uuidv7()}`;
  const bundle = await (sharedBundle ??= workflowBundle());

  const startWorker: WorkflowFixture['startWorker'] = ({
    workflows: runs = true,
    providers = ['fake'],
  } = {}) =>
    startWorkers({
      connection: native,
      namespace: 'default',
      activities: { workflows: requestActivities(deps), providers: providerActivities(deps) },
      ...(codec ? { codec } : {}),
      ...(runs ? { bundle } : {}),
      providers,
      queue,
    });
  const workflows = requestWorkflows(client, queue);
  const onError = (error: unknown): void => keepError(String(error));
  const workers = worker ? await startWorker() : undefined;
  const dispatcher = startDispatcher({
    ledger,
    onError,
    decide: (click) => decideClick(deps, click),
  });
  const accountChecks = startAccountChecks({
    ledger,
    readAccount: (account) => Promise.resolve(memberFacts(account)),
    onRetry: (_click, error) => onError(error),
    onError,
  });
  const asleep = new Set<RequestId>();
  const wake: RequestWorkflows['wake'] = (request) =>
    asleep.has(request) ? Promise.reject(new Error('Temporal is unavailable')) : workflows.wake(request);
  const waker = startWaker({ ledger, workflows: { wake }, onError });

  async function click(fields: Partial<Click> & Pick<Click, 'kind'>): Promise<ClickId> {
    const id = fields.id ?? clickIdOf(uuidv7());
    const body = {
      request: requestIdOf(id),
      via: 'slack',
      account: slackAccountOf(fields.person === undefined ? 'ana' : fields.person),
      person: 'ana',
      body: {},
      ...fields,
      id,
    };
    await ledger.writeClick(body as Click);
    return id;
  }

  return {
    ...base,
    client,
    workflows,
    queue,
    bundle,
    click,
    submit: async ({
      entitlement = 'thing',
      length = '1h',
      reason = `incident 4312, part ${Math.random()}`,
      person = 'ana',
    } = {}) =>
      requestIdOf(
        await click({ kind: 'request', person: person as PersonId, body: { entitlement, length, reason } }),
      ),
    answer: async (request, kind, by, more = {}) => {
      const current = await state(request);
      const digest = current.kind === 'blank' ? '' : digestToAnswer(current);
      return click({ kind, request, person: by as PersonId, body: { digest, note: 'not today' }, ...more });
    },
    waitForState: (request, kind) =>
      until(`${request} is ${kind}`, async () => {
        const now = await state(request);
        return now.kind === kind ? now : undefined;
      }),
    outcomeOf: (id) => until(`${id} is settled`, () => ledger.clickOutcome(id)),
    startWorker,
    keepAsleep: (request) => void asleep.add(request),
    async stop() {
      base.providerControl.releaseAll(); // A test that failed may have left one.
      await Promise.all([accountChecks.stop(), dispatcher.stop(), waker.stop()]);
      await workers?.stop();
      await native.close();
      await connection.close();
      await base.stop();
    },
  };
}

/** The events of one kind in an audit trail. */
export const eventsOf = <K extends Event['kind']>(trail: readonly { event: Event }[], kind: K) =>
  trail.flatMap(({ event }) => (event.kind === kind ? [event as Extract<Event, { kind: K }>] : []));
export const handleOf = (fixture: WorkflowFixture, request: RequestId) =>
  fixture.client.workflow.getHandle(workflowIdOf(request));
