import type { LedgerServer } from '../parts/ledger-connection.ts';
import type { Temporal } from '../parts/temporal.ts';
import type { SimulatedVendor } from '../parts/vendor.ts';
import type { Facts } from './facts.ts';
import type { Incident } from './fault-kinds.ts';
import { deactivate, LEAVER, narrowPolicy, removeApprover, renameAccount } from './policy-files.ts';
import type { World } from './world.ts';

export type Stage = Readonly<{
  world: World;
  facts: Facts;
  server: LedgerServer;
  vendor: SimulatedVendor;
  temporal: Temporal;
  folder: string;
}>;

/** Plans what happens once in a seed. */
export function planIncidents(stage: Stage): void {
  const { incidents } = stage.world.faults;
  for (const incident of incidents.filter(({ at }) => at > 0)) planIncident(stage, incident);
}

/** Plans an incident whose time is now or still to come. */
export function planIncident(stage: Stage, incident: Incident): void {
  const { world, server } = stage;
  const untilMs = incident.at - world.elapsed();
  if (incident.kind === 'failover')
    world.time.plan(untilMs - incident.losesMs, () => void server.rememberCommits());
  world.time.plan(untilMs, () => {
    const { at: _at, ...what } = incident;
    world.log.say(`incident: ${Object.values(what).join(' ')}`);
    happen(stage, incident);
  });
}

/** How long a failover disturbs: its new server answers at once here, and processes must find out what it lost. */
const FAILOVER_MS = 1_000;

function happen({ world, facts, server, vendor, temporal, folder }: Stage, incident: Incident): void {
  const at = world.time.now();
  const disturb = (ms: number): void =>
    void facts.disturbances.push({ what: incident.kind, from: at, to: at + ms });
  switch (incident.kind) {
    case 'workflows-terminated':
      disturb(0);
      return temporal.terminateAll();
    case 'failover':
      disturb(FAILOVER_MS);
      return void server.loseCommits();
    case 'ledger-clock-steps':
      disturb(Math.abs(incident.byMs));
      server.stepClock(incident.byMs);
      return void facts.ledgerClock.push({ at, skewMs: server.now() - at });
    case 'by-hand':
      return vendor.vendor.setLevel(incident.account, incident.resource, incident.level);
    case 'account-renamed':
      vendor.vendor.renameAccount(incident.account, `${incident.account}-renamed`);
      return incident.isInPolicy ? renameAccount(folder, incident.account) : undefined;
    case 'account-created-again':
      vendor.vendor.deleteAccount(incident.account);
      return vendor.makeAccount(incident.account);
    case 'target-created-again':
      vendor.vendor.deleteTarget(incident.resource);
      world.time.plan(incident.afterMs, () => vendor.vendor.makeTarget(incident.resource));
      return;
    case 'target-gone':
      return vendor.vendor.deleteTarget(incident.resource);
    case 'approver-leaves':
      facts.left.push({ at, person: LEAVER, isApprover: true });
      return removeApprover(folder, LEAVER);
    case 'requester-leaves':
      facts.left.push({ at, person: 'dee', isApprover: false });
      return deactivate(folder, 'dee');
    case 'policy-narrows':
      facts.narrowed.push(at);
      return narrowPolicy(folder);
  }
}
