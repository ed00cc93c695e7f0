import { randomBytes } from 'node:crypto';
import { providerActivities, requestActivities } from '../../activities/index.ts';
import type { AccountFacts } from '../../core/account.ts';
import type { Instant, PersonId, RequestId } from '../../core/ids.ts';
import { pendingExtension } from '../../core/request/extension.ts';
import type { GrantedAccess } from '../../core/request/access.ts';
import type { Event } from '../../core/request/events.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import { startAccountChecks } from '../../inbox/account-checks.ts';
import { startDispatcher } from '../../inbox/dispatcher.ts';
import { receive } from '../../inbox/receive.ts';
import { startWaker } from '../../inbox/waker.ts';
import { sealerOf } from '../../ledger/sealer.ts';
import { openPolicy, type Policy } from '../../policy/index.ts';
import { targetReader } from '../../providers/target-reader.ts';
import { decideClick } from '../../requests/decide-click.ts';
import type { Deps } from '../../requests/deps.ts';
import { runSweeper } from '../../upkeep/sweeper.ts';
import { MAIN_QUEUE, taskQueueOf } from '../../workflows/messages.ts';
import type { Card } from '../world/facts.ts';
import { GUEST, slackAccountOf } from '../world/policy-files.ts';
import type { Processes } from '../world/processes.ts';
import { currentScope, runIn } from '../world/scope.ts';
import type { World } from '../world/world.ts';
import type { LedgerServer } from './ledger-connection.ts';
import { simulatedLog } from './log.ts';
import { openManifest } from './manifest.ts';
import { startOperator } from './operator.ts';
import { startReaper } from './reaper.ts';
import type { Action, System, Tell } from './system.ts';
import type { Temporal } from './temporal.ts';
import type { SimulatedVendor } from './vendor.ts';

type Parts = Readonly<{
  world: World;
  server: LedgerServer;
  vendor: SimulatedVendor;
  temporal: Temporal;
  processes: Processes;
  /** The folder of the policy. */
  folder: string;
  tell: Tell;
}>;

const SWEEP_EVERY_SECONDS = 15;

/** Starts the processes of Curfew, with its real use cases, workflows and ledger. */
export function startCurfew({ world, server, vendor, temporal, processes, folder, tell }: Parts): System {
  const { ledger } = server;
  const providers = new Map([['fake', vendor.provider]]);
  const seal = () => sealerOf(randomBytes(32));
  const deps: Deps = {
    ledger,
    providers,
    policy: trackedPolicy(world, openPolicy(folder, targetReader(providers))),
    sealer: seal(),
    undoSealers: new Map([['fake', seal()]]),
    log: simulatedLog,
    clock: () => Date.now() as Instant,
  };
  const manifest = openManifest(world);
  const withManifest = (): Deps => ({ ...deps, manifest: manifest.access() });
  const quiet = (): void => undefined;
  const warn = (details: object, message: string): void =>
    world.log.say(`${currentScope().name}: ${message} ${JSON.stringify(details)}`);

  processes.start('gateway', () => {
    startAccountChecks({
      ledger,
      readAccount: (id) => Promise.resolve(accountOf(id)),
      onRetry: quiet,
      onError: quiet,
    });
  });
  processes.start('courier', () => void ledger.watch('curfew_outbox', () => drawCards(deps, tell), quiet));
  processes.start('worker', (process) => {
    temporal.serve({ process, queue: MAIN_QUEUE, activities: requestActivities(deps) });
    startDispatcher({
      ledger,
      decide: (click) => decideClick(deps, click),
      onError: quiet,
      onRetry: quiet,
    });
    startWaker({ ledger, workflows: temporal.workflows, onError: quiet, onRetry: quiet });
  });
  for (const name of ['provider-1', 'provider-2'])
    processes.start(name, (process) => {
      const queue = taskQueueOf(MAIN_QUEUE, 'fake');
      temporal.serve({ process, queue, activities: providerActivities(withManifest()) });
    });
  processes.start('sweeper', () => {
    runSweeper(withManifest(), { everySeconds: SWEEP_EVERY_SECONDS, log: { warn, error: warn } });
  });
  startOperator(world, ledger);
  if (world.faults.hasReaper) startReaper(world, vendor, manifest);
  return {
    async act(action) {
      const gateway = processes.running('gateway');
      if (!gateway) throw new Error('Slack shows an error: the bot does not answer');
      const { by, source, form } = action;
      const [account, person] = [slackAccountOf(by), by as PersonId];
      const caller = { via: 'slack', account, person, source, form } as const;
      await runIn(gateway, () => receive({ ledger }, caller, inboxAction(action)));
    },
  };
}

function inboxAction(action: Action): Parameters<typeof receive>[2] {
  if (action.kind === 'request') {
    const { entitlement, minutes } = action;
    return { kind: 'request', body: { entitlement, length: `${minutes}m`, reason: 'incident 4312' } };
  }
  const request = action.request as RequestId;
  if (action.kind === 'extend')
    return { kind: 'extend', request, body: { length: `${action.minutes}m`, reason: 'it takes longer' } };
  const note = action.kind === 'deny' ? { note: 'not today' } : {};
  return { kind: action.kind, request, body: { digest: action.digest, ...note } };
}

/** Reading the policy's files is real I/O, for which the virtual time waits. */
const trackedPolicy = ({ time }: World, policy: Policy): Policy =>
  Object.fromEntries(
    Object.entries(policy).map(([name, work]) => [
      name,
      (...args: readonly unknown[]) =>
        time.track(() => (work as (...all: readonly unknown[]) => Promise<unknown>)(...args)),
    ]),
  ) as Policy;

const accountOf = (id: string): AccountFacts => ({
  id,
  team: 'T1',
  flags: {
    deleted: false,
    is_bot: false,
    is_restricted: id === slackAccountOf(GUEST),
    is_ultra_restricted: false,
  },
  installation: { team: 'T1' },
});

/** Shows people where each request stands of which there is news. */
async function drawCards({ ledger }: Deps, tell: Tell): Promise<number> {
  const news = await ledger.takeNotifications(20, 'news');
  for (const each of news) {
    const events = (await ledger.readTrail(each.request)).map(({ event }) => event);
    const card = cardOf(each.request, events);
    if (card) tell(card);
    await ledger.markSent(each);
  }
  return news.length;
}

const isAllGranted = (access: GrantedAccess): boolean =>
  access.kind === 'granted' && access.targets === access.of;

function cardOf(request: RequestId, events: readonly Event[]): Card | undefined {
  const state = stateAfter(events);
  if (state.kind === 'blank') return undefined;
  const { requester, entitlement, minutes, digest } = state.details;
  const { details: extension } = pendingExtension(state) ?? {};
  return {
    request,
    kind: state.kind,
    requester,
    entitlement,
    minutes,
    digest,
    ...(state.kind !== 'pending' && state.endsAt !== undefined ? { endsAt: state.endsAt } : {}),
    ...(state.kind === 'pending' ? { lapsesAt: state.requirements.lapsesAt } : {}),
    ...(extension ? { extension: { digest: extension.digest, minutes: extension.minutes } } : {}),
    ...('ending' in state ? { ending: state.ending.kind } : {}),
    saysGranted: state.kind === 'active' || (state.kind === 'closed' && isAllGranted(state.access)),
    isChangedByHand: events.some(
      (event) => event.kind === 'drifted' || (event.kind === 'revoked' && event.drift),
    ),
  };
}
