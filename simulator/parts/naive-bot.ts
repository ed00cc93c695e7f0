import type { Card } from '../world/facts.ts';
import { APPROVERS, ENTITLEMENTS } from '../world/policy-files.ts';
import type { Processes } from '../world/processes.ts';
import { runIn } from '../world/scope.ts';
import type { World } from '../world/world.ts';
import type { Action, System, Tell } from './system.ts';
import type { SimulatedVendor } from './vendor.ts';

type Parts = Readonly<{ world: World; vendor: SimulatedVendor; processes: Processes; tell: Tell }>;
type Open = { card: Card; approvals: Set<string> };

/**
 * A bot as many teams write it first: it grants, and then sets a timer to revoke. It keeps everything in memory, writes no intent,
 * reads nothing back, and tries each call three times. The simulator must find its mistakes, or it proves nothing.
 */
export function startNaiveBot({ world, vendor, processes, tell }: Parts): System {
  const open = new Map<string, Open>();
  let requests = 0;
  const signal = new AbortController().signal;
  processes.start('bot', () => open.clear());

  async function setLevel({ request, requester, entitlement }: Card, isGranted: boolean): Promise<void> {
    const { accounts } = await vendor.api.read(signal);
    const id = [...accounts].find(([, name]) => name === requester)?.[0] ?? requester;
    for (const [target, level] of Object.entries(ENTITLEMENTS[entitlement]?.targets ?? {}))
      await thrice(() =>
        vendor.api.setLevel(
          { id, target, level: isGranted ? level : 'none', by: leaseOf(request) } as never,
          signal,
        ),
      );
  }
  async function grant(each: Open): Promise<void> {
    const { card } = each;
    await setLevel(card, true);
    const lengthMs = card.minutes * 60_000;
    show(each, { kind: 'active', saysGranted: true, endsAt: Math.floor(world.time.now()) + lengthMs });
    setTimeout(() => void revoke(each, 'expired').catch(() => undefined), lengthMs);
  }
  async function revoke(each: Open, ending: string): Promise<void> {
    await setLevel(each.card, false);
    show(each, { kind: 'closed', ending });
  }
  function show(each: Open, change: Partial<Card>): void {
    each.card = { ...each.card, ...change };
    tell(each.card);
  }
  function begin({ by, entitlement, minutes }: Extract<Action, { kind: 'request' }>): void {
    const request = `req_${String((requests += 1)).padStart(26, '0')}`;
    const card: Card = {
      request,
      kind: 'pending',
      requester: by,
      entitlement,
      minutes,
      digest: `digest of ${request}`,
    };
    open.set(request, { card, approvals: new Set() });
    tell(card);
  }
  async function answer(action: Exclude<Action, { kind: 'request' | 'extend' }>): Promise<void> {
    const each = open.get(action.request);
    if (!each) return;
    const { card, approvals } = each;
    const isApprover = (APPROVERS as readonly string[]).includes(action.by) && action.by !== card.requester;
    if (action.kind === 'end' && card.kind === 'active') await revoke(each, 'ended');
    if (card.kind !== 'pending') return;
    if (action.kind === 'withdraw' || (action.kind === 'deny' && isApprover))
      show(each, { kind: 'closed', ending: action.kind });
    if (action.kind !== 'approve' || !isApprover || action.digest !== card.digest) return;
    approvals.add(action.by);
    if (approvals.size >= (ENTITLEMENTS[card.entitlement]?.approvals ?? 1)) await grant(each);
  }
  return {
    async act(action) {
      const bot = processes.running('bot');
      if (!bot) throw new Error('Slack shows an error: the bot does not answer');
      await runIn(bot, async () => {
        if (action.kind === 'request') begin(action);
        else if (action.kind !== 'extend') await answer(action);
      });
    },
  };
}

const leaseOf = (request: string): string => `${request.replace('req_', 'lease_')}_0`;

async function thrice(work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work();
    } catch (error) {
      if (tries === 3) throw error;
    }
}
