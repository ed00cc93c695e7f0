import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type Instant, type PersonId, type RequestId, requestIdOf } from '../core/ids.ts';
import { stateAfter } from '../core/request/evolve.ts';
import { type Click, openLedger } from '../ledger/index.ts';
import { openPolicy } from '../policy/index.ts';
import { targetReader } from '../providers/index.ts';
import type { Provider } from '../providers/provider.ts';
import { accountActingAs } from '../requests/acting-as.ts';
import { recordAnswer } from '../requests/answer.ts';
import type { Deps } from '../requests/deps.ts';
import { grantLease } from '../requests/grant-lease.ts';
import { judge } from '../requests/judge.ts';
import { benchManifest } from './manifest.ts';
import { APPROVER } from './policy.ts';
import { slowVendor, type SlowVendor, type VendorLimits } from './slow-vendor.ts';

/** A person has at most 25 open requests. */
const RESOURCES = 20;
const AT_ONCE = 8;
const UNSEALED = { seal: (text: string) => Buffer.from(text), open: (sealed: Buffer) => sealed.toString() };
const personOf = (number: number): string => `person-${Math.floor(number / RESOURCES)}`;
const resourceOf = (number: number): string => `thing-${number % RESOURCES}`;

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
  const deps: Deps = {
    ledger: openLedger(databaseUrl),
    providers,
    policy: openPolicy(folder, targetReader(providers)),
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
    await recordAnswer(deps, approval as Parameters<typeof recordAnswer>[1]);
    for (const { id } of await deps.ledger.leasesOf(request))
      await grantLease(deps, {
        lease: id,
        signal: AbortSignal.timeout(60_000),
        rememberUndo: () => undefined,
      });
    return { request, person };
  }

  await tell(`timestamptz '${new Date(now).toISOString()}'`);
  const requests = await inParallel(leases, live);
  return {
    deps,
    vendor,
    requests,
    endsAt: (now + 3_600_000) as Instant,
    click,
    async setClock(at) {
      await tell(`clock_timestamp() + ${Math.trunc(at - Date.now())} * interval '1 millisecond'`);
    },
    async stop() {
      await tell('clock_timestamp()');
      await owner.end();
      await deps.ledger.close();
    },
  };
}

/** Does the work for each number below `count`, some at the same time. */
export async function inParallel<T>(
  count: number,
  work: (number: number) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let number = next++; number < count; number = next++) results.push(await work(number));
    }),
  );
  return results;
}

function writePolicy(folder: string, leases: number): void {
  const people = Array.from({ length: Math.ceil(leases / RESOURCES) }, (_, place) => `person-${place}`);
  const entitlement = (_: unknown, place: number) => `  - id: thing-${place}
    title: thing-${place}
    owner: person:${APPROVER}
    usual: 1h
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: thing-${place}, level: write }]
    route: { approvers: [owner] }
`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'people.yaml'),
    `people:\n${[APPROVER, ...people].map((id) => `  - { id: ${id}, name: ${id}, accounts: { fake: ${id} } }\n`).join('')}`,
  );
  writeFileSync(
    join(folder, 'catalogue.yaml'),
    `security: { people: [person:${APPROVER}], needs: 1 }\nentitlements:\n${Array.from({ length: RESOURCES }, entitlement).join('')}`,
  );
}
