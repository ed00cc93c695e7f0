import type { Instant } from '../../core/ids.ts';
import type { ManifestEntry } from '../../manifest/entry.ts';
import { readManifest } from '../../manifest/read.ts';
import type { Remover } from '../../providers/provider.ts';
import { reap, type ReapDeps } from '../../reaper/reap.ts';
import { openThrottles } from '../../reaper/throttles.ts';
import { verifiedEnds } from '../../reaper/verified.ts';
import { newScope, runIn } from '../world/scope.ts';
import { pause, type World } from '../world/world.ts';
import type { SimulatedManifest } from './manifest.ts';
import type { SimulatedVendor } from './vendor.ts';

/** As often as `deploy/curfew-reap.timer` starts a pass. */
const EVERY_MS = 15_000;

/** Starts the reaper on a machine of its own: nothing kills or freezes it, and it needs neither the ledger nor Temporal. */
export function startReaper(world: World, vendor: SimulatedVendor, manifest: SimulatedManifest): void {
  const known = new Map<string, ManifestEntry>();
  const deps: ReapDeps = {
    removers: new Map([['fake', withoutEnds(vendor.provider as Remover)]]),
    readManifest: (signal) => readManifest(manifest.store, [manifest.publicKey], signal, known),
    verified: verifiedEnds(),
    throttles: openThrottles(),
  };
  const now = (): Instant => Date.now() as Instant;
  runIn(newScope('reaper', { isSpared: true }), () => {
    void (async () => {
      for (;;) {
        const next = world.time.now() + EVERY_MS;
        const { outcomes } = await reap(deps, { now, signal: new AbortController().signal });
        for (const { kind, what } of outcomes) world.log.say(`reaper: ${what} ${kind}`);
        await pause(Math.max(next - world.time.now(), 1));
      }
    })();
  });
}

/**
 * The leases of an account share its level here, and one that finds the level given writes no mark. So the end of a mark is not the end
 * of the access. Only the manifest knows that, as it does for a team of GitHub.
 */
const withoutEnds = (provider: Remover): Remover => ({
  ...provider,
  listManaged: async (signal, unread) =>
    (await provider.listManaged(signal, unread)).map(({ endsAt: _endsAt, ...managed }) => managed),
});
