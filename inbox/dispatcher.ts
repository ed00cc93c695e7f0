import type { ClickId } from '../core/ids.ts';
import { stateAfter } from '../core/request/evolve.ts';
import type { Refusal } from '../core/request/refusals.ts';
import type { AnswerClick, Click, ClickKind, Ledger, Recorded } from '../ledger/index.ts';
import type { RequestWorkflows, Reply } from '../temporal/client.ts';

/** What became of a click: kept with it, for a person or a command line that waits. */
export type ClickOutcome = Readonly<
  { kind: 'started' | 'answered' | 'answered-by-ledger' } | { kind: 'refused'; refusal: Refusal }
>;

export type DispatcherDeps = Readonly<{
  ledger: Pick<Ledger, 'takeClicks' | 'settleClick' | 'readTrail' | 'record' | 'recordRefusal' | 'watch'>;
  engine: RequestWorkflows;
  isAnswer: (click: Click) => click is AnswerClick;
  /** Decides an answer on the ledger alone. */
  recordAnswer: (click: AnswerClick) => Promise<Recorded>;
  /** Why this account may not act at all; throws when that cannot be found out. */
  checkAccount: (click: Click) => Promise<Refusal | undefined>;
  /** Told of each click that has no definite answer yet. */
  onRetry?: (click: Click, error: unknown) => void;
  /** Told when the inbox itself cannot be read. */
  onError: (error: unknown) => void;
}>;

const AT_ONCE = 32;
const AGAIN_MS = 2_000;

/**
 * Carries clicks from the inbox to their workflows until each has a definite answer. What ends or refuses never
 * waits behind what would give: that may have to wait for Slack and for Temporal (I14).
 */
export function startDispatcher(deps: DispatcherDeps): { stop(): Promise<void> } {
  const hands = [
    startQueue(deps, ['end', 'withdraw', 'deny'], Number.POSITIVE_INFINITY), // ends wait for their providers
    startQueue(deps, ['request', 'approve'], AT_ONCE),
  ];
  return { stop: async () => void (await Promise.all(hands.map((hand) => hand.stop()))) };
}

function startQueue(
  deps: DispatcherDeps,
  kinds: readonly ClickKind[],
  most: number,
): { stop(): Promise<void> } {
  const inHand = new Map<ClickId, Promise<void>>();
  const attending = deps.ledger.watch(
    'curfew_click',
    async () => {
      if (inHand.size >= most) await Promise.race(inHand.values());
      const found = await deps.ledger.takeClicks(kinds, Math.min(AT_ONCE, most - inHand.size), AGAIN_MS);
      for (const click of found) {
        if (inHand.has(click.id)) continue; // it comes again if this try has no answer
        inHand.set(
          click.id,
          settle(deps, click).finally(() => inHand.delete(click.id)),
        );
      }
      return found.length;
    },
    deps.onError,
  );
  return {
    async stop() {
      await attending.stop();
      await Promise.all(inHand.values());
    },
  };
}

async function settle(deps: DispatcherDeps, click: Click): Promise<void> {
  try {
    await deps.ledger.settleClick(click.id, await dispatch(deps, click));
  } catch (error) {
    deps.onRetry?.(click, error); // it is still unsettled, so it is taken again
  }
}

async function dispatch(deps: DispatcherDeps, click: Click): Promise<ClickOutcome> {
  // Giving back needs no permission, and must not wait for Slack (I14); the ledger still checks who it is.
  const gives = click.kind === 'end' || click.kind === 'withdraw';
  const foreign = gives ? undefined : await deps.checkAccount(click);
  if (foreign) return recordRefused(deps, click, foreign);
  if (click.kind === 'request') {
    await deps.engine.start(click.request);
    return { kind: 'started' };
  }
  if (!deps.isAnswer(click)) return recordRefused(deps, click, { code: 'unknown-person' });
  return click.kind === 'approve' ? approve(deps, click) : answerInLedger(deps, click);
}

/** Only the workflow can grant, so it is the one that hears a yes. */
async function approve(deps: DispatcherDeps, click: AnswerClick): Promise<ClickOutcome> {
  const reply = await sendToWorkflow(deps, click);
  switch (reply.kind) {
    case 'answered':
      return { kind: 'answered' };
    case 'refused':
      return recordRefused(deps, click, reply.refusal);
    case 'no-workflow':
      return approveWithoutWorkflow(deps, click);
  }
}

/**
 * A no, a withdrawal and an end count from the moment they are in the ledger, also with Temporal away: no later
 * yes overtakes them. The workflow hears of it next, and acts at once; without one the sweeper does.
 */
async function answerInLedger(deps: DispatcherDeps, click: AnswerClick): Promise<ClickOutcome> {
  const { outcome } = await deps.recordAnswer(click);
  if (!outcome.ok) {
    void sendToWorkflow(deps, click).catch(() => undefined); // a hint: it may not know yet what makes this too late
    return { kind: 'refused', refusal: outcome.error };
  }
  const reply = await sendToWorkflow(deps, click);
  return { kind: reply.kind === 'answered' ? 'answered' : 'answered-by-ledger' };
}

const sendToWorkflow = (
  { engine }: DispatcherDeps,
  { request, id, kind, person, body }: AnswerClick,
): Promise<Reply> => engine.answer(request, { click: id, kind, by: person, digest: body.digest ?? '' });

/** A refusal leaves no trace in Temporal, so it is written here (F42). The ledger keeps the first of two. */
async function recordRefused(
  { ledger }: DispatcherDeps,
  click: Click,
  refusal: Refusal,
): Promise<ClickOutcome> {
  const name = click.kind === 'request' ? 'open' : `click/${click.id}`;
  await ledger.recordRefusal(
    { request: click.request, name, via: click.via },
    { by: click.person, tried: click.kind, refusal },
  );
  return { kind: 'refused', refusal };
}

/**
 * The workflow is over, or was never there, or somebody terminated it. What waits for approval is closed, because
 * nobody is left who would grant it.
 */
async function approveWithoutWorkflow(deps: DispatcherDeps, click: AnswerClick): Promise<ClickOutcome> {
  const { ledger } = deps;
  const state = stateAfter((await ledger.readTrail(click.request)).map(({ event }) => event));
  if (state.kind === 'pending') {
    const why = 'its workflow is gone, so nobody would have granted it';
    const command = (_state: unknown, at: typeof state.requirements.lapsesAt) =>
      ({ kind: 'void', why, at }) as const;
    await ledger.record({ request: click.request, name: 'void', via: 'workflow', command });
  }
  const { outcome } = await deps.recordAnswer(click);
  return outcome.ok ? { kind: 'answered-by-ledger' } : { kind: 'refused', refusal: outcome.error };
}
