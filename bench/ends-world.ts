import { type DecidedKind } from '../core/click-kinds.ts';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { Fault } from '../core/faults.ts';
import {
  clickIdOf,
  type Instant,
  type LeaseId,
  type PersonId,
  type RequestId,
  requestIdOf,
} from '../core/ids.ts';
import { stateAfter } from '../core/request/evolve.ts';
import { type Click, openLedger } from '../ledger/index.ts';
import { openPolicy } from '../policy/index.ts';
import { targetReader } from '../providers/target-reader.ts';
import type { Provider } from '../providers/provider.ts';
import { accountActingAs, chosenPerson } from '../requests/acting-as.ts';
import { decideClick } from '../requests/decide-click.ts';
import type { Deps } from '../requests/deps.ts';
import { grantLease } from '../requests/grant-lease.ts';
import { judge } from '../requests/judge.ts';
import { inParallel } from './in-parallel.ts';
import { benchLog } from './log.ts';
import { benchManifest } from './manifest.ts';
import { APPROVER, personOf, resourceOf, writePolicy } from './policy.ts';
import { slowVendor, type SlowVendor, type VendorLimits } from './slow-vendor.ts';

const UNSEALED = { seal: (text: string) => Buffer.from(text), open: (sealed: Buffer) => sealed.toString() };

const MOST_ATTEMPTS = 10;

export type OpenRequest = Readonly<{ request: RequestId; person: string }>;

/** A ledger with live leases that have one end, a slow vendor, and a clock of the ledger that the benchmark moves. */
export type EndsWorld = Readonly<{
  deps: Deps;
  vendor: SlowVendor;
  requests: readonly OpenRequest[];
  endsAt: Instant;
  /** Sets the ledger's clock, which goes on from there. */
  setClock(at: number): Promise<void>;
  click(person: string, said: Pick<Click, 'kind' | 'body'>, request?: RequestId): Promise<Click>;
  stop(): Promise<void>;
}>;

/** Makes live leases, each of another account or at another target. All are approved while the ledger's clock stands still. */
export async function startEndsWorld(
  { leases, ...limits }: VendorLimits & Readonly<{ leases: number }>,
  databaseUrl: string,
  folder: string,
): Promise<EndsWorld> {
  writePolicy(folder, leases);
  const vendor = slowVendor(limits);
  const providers = new Map<string, Provider>([['fake', vendor.provider as Provider]]);
  const now = Date.now() as Instant;
  const ledger = openLedger(databaseUrl);
  const log = benchLog(ledger, folder);
  const deps: Deps = {
    ledger,
    log: log.access,
    providers,
    policy: openPolicy(folder, targetReader(providers), { actsAs: chosenPerson }),
    sealer: UNSEALED,
    undoSealers: new Map([['fake', UNSEALED]]),
    manifest: benchManifest(folder),
    clock: () => now,
  };
  const owner = new pg.Client({ connectionString: databaseUrl });
  await owner.connect();
  const tell = (time: string) =>
    owner.query(
      `create or replace function ledger_now() returns timestamptz language sql volatile as $$select ${time}$$`,
    );

  async function click(
    person: string,
    said: Pick<Click, 'kind' | 'body'>,
    request?: RequestId,
  ): Promise<Click> {
    const id = clickIdOf(uuidv7());
    const account = accountActingAs('bench', person);
    const about = request ?? requestIdOf(id);
    const made = { ...said, id, request: about, via: 'cli', account, person: person as PersonId } as Click;
    await deps.ledger.writeClick(made);
    return made;
  }

  async function live(number: number): Promise<OpenRequest> {
    const person = personOf(number);
    const body = { entitlement: resourceOf(number), length: '1h', reason: 'incident 4312' };
    const { request } = await click(person, { kind: 'request', body });
    await judge(deps, { request });
    const state = stateAfter((await deps.ledger.readTrail(request)).map(({ event }) => event));
    if (state.kind !== 'pending') throw new Error(`the request of ${person} is ${state.kind}`);
    const approval = await click(
      APPROVER,
      { kind: 'approve', body: { digest: state.details.digest } },
      request,
    );
    await decideClick(deps, approval as Click<DecidedKind>);
    for (const { id } of await deps.ledger.leasesOf(request)) await granted(id);
    return { request, person };
  }

  /** Grants a lease, and tries again while the log is behind, as a worker does. */
  async function granted(lease: LeaseId): Promise<void> {
    for (let attempts = 1; ; attempts += 1) {
      try {
        const signal = AbortSignal.timeout(60_000);
        await grantLease(deps, { lease, signal, rememberUndo: () => undefined });
        return;
      } catch (error) {
        if (!(error instanceof Fault && error.code === 'log-behind') || attempts === MOST_ATTEMPTS)
          throw error;
      }
    }
  }

  async function stop(): Promise<void> {
    await tell('clock_timestamp()');
    await owner.end();
    await log.stop();
    await ledger.close();
  }

  await tell(`timestamptz '${new Date(now).toISOString()}'`);
  const requests = await inParallel(leases, live).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    deps,
    vendor,
    requests,
    endsAt: (now + 3_600_000) as Instant,
    click,
    async setClock(at) {
      await tell(`clock_timestamp() + ${Math.trunc(at - Date.now())} * interval '1 millisecond'`);
    },
    stop,
  };
}
