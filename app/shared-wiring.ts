import { type RoleConnections, roleConnections } from './settings/connections-from-settings.ts';
import type { UsableSettings } from './settings/usable.ts';
import { wire, type ProcessDeps } from './wiring.ts';

export type Wiring = Readonly<{ connections: RoleConnections; deps: ProcessDeps }>;

/**
 * Returns what wires the parts of a process. Those that start with the same settings left out share everything, and all share the ledgers
 * and the providers. The connections are those of now: a token may be another one than before. `isSplit`: other processes run other parts.
 */
export function sharedWiring(isSplit: boolean): (usable: UsableSettings) => Wiring {
  let last: Readonly<{ deps: ProcessDeps; problems: string }> | undefined;
  return ({ settings, problems: all }) => {
    const problems = JSON.stringify(all);
    const { temporal, slack, undoKeys, mostLeavers, removalCap } = settings;
    const uses = { temporal: temporal !== undefined, slack: slack !== undefined };
    const connections = roleConnections(settings, uses);
    if (!connections.ok) throw new Error(`these settings are missing: ${connections.error.join(', ')}`);
    if (last?.problems !== problems) {
      const split = isSplit || all.length > 0; // a provider that is left out still describes its targets
      const options = { split, undoKeys, mostLeavers, removalCap, before: last?.deps };
      last = { deps: wire(connections.value, options), problems };
    }
    return { connections: connections.value, deps: last.deps };
  };
}
