import { type RoleConnections, roleConnections } from './settings/connections-from-settings.ts';
import type { UsableSettings } from './settings/usable.ts';
import { wire, type Wired } from './wiring.ts';

export type Wiring = Readonly<{ connections: RoleConnections; deps: Wired }>;

/**
 * Returns what wires the parts of a process. Those that start with the same settings share everything, and all share the ledgers and the
 * providers. `isSplit`: other processes run other parts.
 */
export function sharedWiring(isSplit: boolean): (usable: UsableSettings) => Wiring {
  let last: (Wiring & Readonly<{ problems: string }>) | undefined;
  return ({ settings, problems: all }) => {
    const problems = JSON.stringify(all);
    if (last?.problems === problems) return last;
    const { temporal, slack, undoKeys, mostLeavers, removalCap } = settings;
    const uses = { temporal: temporal !== undefined, slack: slack !== undefined };
    const connections = roleConnections(settings, uses);
    if (!connections.ok) throw new Error(`these settings are missing: ${connections.error.join(', ')}`);
    const split = isSplit || all.length > 0; // a provider that is left out still describes its targets
    const deps = wire(connections.value, { split, undoKeys, mostLeavers, removalCap, before: last?.deps });
    last = { connections: connections.value, deps, problems };
    return last;
  };
}
