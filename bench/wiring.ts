import type { Instant } from '../core/ids.ts';
import type { Deps } from '../requests/deps.ts';
import { openLedger } from '../ledger/index.ts';
import { openPolicy } from '../policy/index.ts';
import { fakeProvider, fakeVendor } from '../providers/fake/index.ts';
import type { Entry } from '../providers/fake/log.ts';
import { chosenPerson } from '../requests/acting-as.ts';
import { targetReader } from '../providers/target-reader.ts';
import type { Provider } from '../providers/provider.ts';
import { benchLog } from './log.ts';
import { benchManifest } from './manifest.ts';
import { peopleOf, resources } from './policy.ts';

/** Where a process of the benchmark finds everything. `leases`: for how many the policy is written. */
export type Places = Readonly<{ databaseUrl: string; temporal: string; policy: string; leases: number }>;

const UNSEALED = { seal: (text: string) => Buffer.from(text), open: (sealed: Buffer) => sealed.toString() };

/** The product with a simulated vendor and a sequencer, which `stop` stops. `forget` empties the log of the vendor, which every call reads whole. */
export function wire({
  databaseUrl,
  policy,
  leases,
}: Places): Deps & { forget(): void; stop(): Promise<void> } {
  const entries: Entry[] = [];
  const vendor = fakeVendor({ append: (entry) => void entries.push(entry), read: () => entries });
  for (const person of peopleOf(leases)) vendor.makeAccount(person);
  for (const resource of resources) vendor.makeTarget(resource);
  const kept = entries.length;

  const providers = new Map<string, Provider>([['fake', fakeProvider(vendor) as Provider]]);
  const ledger = openLedger(databaseUrl);
  const log = benchLog(ledger, policy);
  return {
    ledger,
    log: log.access,
    providers,
    policy: openPolicy(policy, targetReader(providers), { actsAs: chosenPerson }),
    sealer: UNSEALED,
    undoSealers: new Map([['fake', UNSEALED]]),
    manifest: benchManifest(policy),
    clock: () => Date.now() as Instant,
    forget: () => void (entries.length = kept),
    async stop() {
      await log.stop();
      await ledger.close();
    },
  };
}
