import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Instant, leaseIdOf, type RequestId } from '../../core/ids.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import type { RequestState } from '../../core/request/state.ts';
import { type Ledger, openLedger } from '../../ledger/index.ts';
import { sealerOf } from '../../ledger/sealer.ts';
import { publishedWhenAsked } from '../audit/published.fixture.ts';
import { manifestInFolder } from '../manifest/access.fixture.ts';
import { openPolicy } from '../../policy/index.ts';
import { fakeProvider, type FakeVendor, fakeVendor, memoryLog } from '../../providers/fake/index.ts';
import { targetReader } from '../../providers/target-reader.ts';
import type { Provider } from '../../providers/provider.ts';
import { chosenPerson } from '../../requests/acting-as.ts';
import type { Deps } from '../../requests/deps.ts';
import { asAdmin, freshDatabase, shiftClock } from '../ledger/database.fixture.ts';
import { controlProvider, type ProviderControl } from './provider-control.fixture.ts';

const PEOPLE = `
people:
  - { id: ana, name: Ana, manager: bo, accounts: { slack: U0ANA, fake: ana } }
  - { id: bo, name: Bo, accounts: { slack: U0BO } }
  - { id: cy, name: Cy, accounts: { slack: [U0CY, U0CY2] } }
  - { id: dee, name: Dee, accounts: { slack: U0DEE } }
  - { id: eli, name: Eli }
groups: { owners: [bo, cy] }
`;
const CATALOGUE = `
security: { people: [person:dee, person:eli], needs: 2 }
entitlements:
  - id: thing
    title: The thing
    about: What the tests ask for.
    class: confidential
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: thing, level: write }]
    route: { approvers: [group:owners], waits: 8h }
  - id: pair
    title: Two things
    synonyms: [both]
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: thing, level: read }, { provider: fake, resource: other, level: admin }]
    route: { approvers: [group:owners], needs: 2, waits: 3h }
  - id: other
    title: Another thing
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: other, level: write }]
    route: { approvers: [group:owners], waits: 8h }
  - id: login
    title: A login with a password
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: login, resource: desk, level: read }]
    route: { approvers: [group:owners], waits: 8h }
  - id: logins
    title: Two logins
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: login, resource: desk, level: read }, { provider: login, resource: thing, level: read }]
    route: { approvers: [group:owners], waits: 8h }
  - id: top
    title: The thing, whole
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: thing, level: admin }]
    route: { approvers: [group:owners], waits: 8h }

  - id: look
    title: The thing, to read
    owner: person:cy
    usual: 1m
    longest: 8h
    requesters: [everyone]
    targets: [{ provider: fake, resource: thing, level: read }]
    route: { approvers: [group:owners], waits: 8h }
`;

/** The Slack account of a person of the fixture. Nobody has that of null. */
export const slackAccountOf = (person: string | null): string => `U0${person?.toUpperCase() ?? 'NOBODY'}`;

/** What the use cases need: a real ledger in a database of its own, a policy that lets a login act as any person, and a simulated vendor. */
export type RequestsFixture = Readonly<{
  ledger: Ledger;
  deps: Deps;
  vendor: FakeVendor;
  /** Pauses calls to the provider, or makes them fail. */
  providerControl: ProviderControl;
  /** The address of the ledger's database, with its owner as the user. */
  url: string;
  /** The same, with a login that may act as every role of Curfew and owns nothing. */
  appUrl: string;
  folder: string;
  state(request: RequestId): Promise<RequestState>;
  /** The kinds of the events in the audit trail, in order, with a space between them. */
  kinds(request: RequestId): Promise<string>;
  levelOf(resource?: string): string;
  /** The last fault of the first lease in the ledger; null when the last attempt succeeded. */
  faultOf(request: RequestId): Promise<string | null>;
  /** Replaces one text in a policy file. Returns a function that restores the file. */
  edit(file: string, from: string, to: string): Promise<() => Promise<void>>;
  /** Sets how far the clocks of the ledger and of the process are ahead of the machine's clock, in milliseconds. */
  shiftClock(ms: number): Promise<void>;
  stop(): Promise<void>;
}>;

export async function startRequestsFixture(): Promise<RequestsFixture> {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'curfew-fixture-'));
  await writeFile(join(folder, 'people.yaml'), PEOPLE);
  await writeFile(join(folder, 'catalogue.yaml'), CATALOGUE);

  const vendor = fakeVendor(memoryLog());
  for (const account of ['ana', 'dee']) vendor.makeAccount(account);
  for (const resource of ['thing', 'other', 'desk']) vendor.makeTarget(resource);
  const providerControl = controlProvider(fakeProvider(vendor) as Provider);
  const login: Provider = {
    ...providerControl.provider,
    name: 'login',
    needsSecret: true,
    issue: ({ lease, endsAt }, { secret }) => Promise.resolve({ text: `${lease} ${secret}`, endsAt }),
  };
  const providers = new Map<string, Provider>([
    ['fake', providerControl.provider],
    ['login', login],
  ]);
  const policy = openPolicy(folder, targetReader(providers), { actsAs: chosenPerson });
  const sealer = sealerOf(randomBytes(32));
  const undoSealers = new Map([...providers.keys()].map((name) => [name, sealerOf(randomBytes(32))]));
  const ledger = openLedger(database.url);
  let shiftedMs = 0;
  const clock = () => (Date.now() + shiftedMs) as Instant;

  return {
    ledger,
    deps: {
      ...{ ledger, providers, policy, sealer, undoSealers, clock },
      manifest: await manifestInFolder(folder),
      log: publishedWhenAsked(ledger),
    },
    vendor,
    providerControl,
    url: database.url,
    appUrl: database.appUrl,
    folder,
    state: async (request) => stateAfter((await ledger.readTrail(request)).map(({ event }) => event)),
    kinds: async (request) => (await ledger.readTrail(request)).map(({ event }) => event.kind).join(' '),
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
    async shiftClock(ms) {
      await shiftClock(database.url, ms);
      shiftedMs = ms;
    },
    async stop() {
      await ledger.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The id of the first lease of a request. */
export const firstLease = (request: RequestId) => leaseIdOf(request, 0);

/** Every level that was set at the vendor for this lease, in order, from the vendor's own log. */
export const levelsWritten = (
  { vendor }: Pick<RequestsFixture, 'vendor'>,
  request: RequestId,
  lease = firstLease(request),
): readonly string[] =>
  vendor.log.read().flatMap((entry) => (entry.op === 'level-set' && entry.by === lease ? [entry.level] : []));
