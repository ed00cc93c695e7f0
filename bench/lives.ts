import type { Client } from '@temporalio/client';
import { uuidv7 } from 'uuidv7';
import { decideClick } from '../requests/decide-click.ts';
import { accountActingAs } from '../requests/acting-as.ts';
import type { Deps } from '../requests/deps.ts';
import { clickIdOf, type PersonId, type RequestId, requestIdOf } from '../core/ids.ts';
import { stateAfter } from '../core/request/evolve.ts';
import { startDispatcher } from '../inbox/dispatcher.ts';
import { startWaker } from '../inbox/waker.ts';
import { requestWorkflows } from '../temporal/client.ts';
import type { Click } from '../ledger/index.ts';
import { workflowIdOf } from '../workflows/messages.ts';
import { bare } from './bare-workflow.ts';
import { APPROVER, firstLeaseOf, personOf, resourceOf } from './policy.ts';
import { QUEUES } from './worker.ts';

/** Lives one life and says which workflow it was. `slot` is which of those that run at the same time. */
export type Live = (slot: number) => Promise<string>;

/** A bare workflow, from its start to its result. */
export const bareLife =
  (client: Client): Live =>
  async () => {
    const workflowId = `bare/${uuidv7()}`;
    await client.workflow.execute(bare, { workflowId, taskQueue: QUEUES.bare });
    return workflowId;
  };

type CurfewLives = Readonly<{
  /** Requested, approved, granted: the lease of this number, as in the policy. It stays live. */
  open(lease: number): Promise<RequestId>;
  /** The same, and then ended, with its receipt. */
  live: Live;
  stop(): Promise<void>;
}>;

/** Lives of requests, through the inbox, the dispatcher, Temporal and the ledger. */
export function curfewLives(deps: Deps, client: Client): CurfewLives {
  const { ledger } = deps;
  const dispatcher = startDispatcher({
    onError: (error) => {
      throw error;
    },
    ledger,
    decide: (click) => decideClick(deps, click),
  });
  const waker = startWaker({
    ledger,
    workflows: requestWorkflows(client, QUEUES.curfew),
    onError: (error) => {
      throw error;
    },
  });
  const seen = watch(deps);

  async function click(
    person: string,
    said: Pick<Click, 'kind' | 'body'>,
    request?: RequestId,
  ): Promise<RequestId> {
    const id = clickIdOf(uuidv7());
    const about = request ?? requestIdOf(id);
    const account = accountActingAs('bench', person);
    const who = { via: 'cli', account, person: person as PersonId } as const;
    await ledger.writeClick({ ...said, ...who, id, request: about } as Click);
    return about;
  }

  async function open(lease: number): Promise<RequestId> {
    const body = { entitlement: resourceOf(lease), length: '1h', reason: 'incident 4312' };
    const request = await click(personOf(lease), { kind: 'request', body });
    await seen.until(request, 'pending');
    const state = stateAfter((await ledger.readTrail(request)).map(({ event }) => event));
    const digest = state.kind === 'blank' ? '' : state.details.digest;
    await click(APPROVER, { kind: 'approve', body: { digest } }, request);
    await seen.until(request, 'active');
    return request;
  }

  return {
    open,
    async live(slot) {
      const lease = firstLeaseOf(slot);
      const request = await open(lease);
      await click(personOf(lease), { kind: 'end', body: {} }, request);
      const outcome = await client.workflow.getHandle(workflowIdOf(request)).result();
      if (outcome?.ending !== 'ended') throw new Error(`${request} did not end as it should`);
      return workflowIdOf(request);
    },
    async stop() {
      await seen.stop();
      await Promise.all([dispatcher.stop(), waker.stop()]);
    },
  };
}

const LOOK_MS = 10;
const HANGS_MS = 60_000;

/** One look at the ledger for all lives that wait, so that the waiting does not cost what is measured. */
function watch({ ledger }: Deps) {
  const waiting = new Map<string, () => void>();
  let stopped = false;
  const looking = (async () => {
    while (!stopped) {
      const found =
        waiting.size === 0 ? [] : await ledger.listRequests({ states: ['pending', 'active'], limit: 200 });
      for (const { id, state } of found) waiting.get(`${id} ${state}`)?.();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  })();
  return {
    until: (request: RequestId, state: 'pending' | 'active') =>
      new Promise<void>((resolve, reject) => {
        const key = `${request} ${state}`;
        const bound = setTimeout(() => reject(new Error(`${request} never was ${state}`)), HANGS_MS);
        waiting.set(key, () => {
          clearTimeout(bound);
          waiting.delete(key);
          resolve();
        });
      }),
    async stop() {
      stopped = true;
      await looking;
    },
  };
}
