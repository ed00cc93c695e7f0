import type { Instant } from '../core/ids.ts';
import type { Deps } from '../requests/deps.ts';
import { openLedger } from '../ledger/index.ts';
import { openPolicy } from '../policy/index.ts';
import { fakeProvider, fakeVendor } from '../providers/fake/index.ts';
import type { Entry } from '../providers/fake/log.ts';
import { targetReader } from '../providers/index.ts';
import type { Provider } from '../providers/provider.ts';
import { benchManifest } from './manifest.ts';
import { PEOPLE } from './policy.ts';

/** Where a process of the benchmark finds everything. */
export type Places = Readonly<{ databaseUrl: string; temporal: string; policy: string }>;

const UNSEALED = { seal: (text: string) => Buffer.from(text), open: (sealed: Buffer) => sealed.toString() };

/** The product with a simulated vendor. `forget` empties the log of the vendor, which every call reads whole. */
export function wire({ databaseUrl, policy }: Places): Deps & { forget(): void } {
  const entries: Entry[] = [];
  const vendor = fakeVendor({ append: (entry) => void entries.push(entry), read: () => entries });
  for (const person of PEOPLE) vendor.makeAccount(person);
  vendor.makeTarget('thing');
  const kept = entries.length;

  const providers = new Map<string, Provider>([['fake', fakeProvider(vendor) as Provider]]);
  return {
    ledger: openLedger(databaseUrl),
    providers,
    policy: openPolicy(policy, targetReader(providers)),
    sealer: UNSEALED,
    undoSealers: new Map([['fake', UNSEALED]]),
    manifest: benchManifest(policy),
    clock: () => Date.now() as Instant,
    forget: () => void (entries.length = kept),
  };
}
