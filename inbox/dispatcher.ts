import type { ClickId } from '../core/ids.ts';
import { type Refusal, stateOf } from '../core/request/request.ts';
import type { AnswerClick, Click, ClickKind, Ledger, Recorded } from '../ledger/index.ts';
import type { Engine, Reply } from '../temporal/client.ts';

/** What became of a click: kept with it, for a person or a command line that waits. */
export type Settled = Readonly<
  { kind: 'asked' | 'heard' | 'handled-by-ledger' } | { kind: 'refused'; refusal: Refusal }
>;

export type DispatcherDeps = Readonly<{
  ledger: Pick<Ledger, 'takeClicks' | 'settleClick' | 'readTrail' | 'record' | 'recordRefusal' | 'attend'>;
  engine: Engine;
  isAnswer: (click: Click) => click is AnswerClick;
  /** Decides an answer on the ledger alone. */
  recordAnswer: (click: AnswerClick) => Promise<Recorded>;
  /** Why this account may not act at all; throws when that cannot be found out. */
  vet: (click: Click) => Promise<Refusal | undefined>;
  /** Told of each click that has no definite answer yet. */
  onUnknown?: (click: Click, error: unknown) => void;
  /** Told when the inbox itself cannot be read. */
  onTrouble: (error: unknown) => void;
}>;

const AT_ONCE = 32;
const AGAIN_MS = 2_000;

/**
 * Carries clicks from the inbox to their workflows until each has a definite answer. What ends or refuses never
 * waits behind what would give: that may have to wait for Slack and for Temporal (I14).
 */
export function startDispatcher(deps: DispatcherDeps): { stop(): Promise<void> } {
  const hands = [
    startHand(deps, ['end', 'withdraw', 'deny'], Number.POSITIVE_INFINITY), // ends wait for their providers
    startHand(deps, ['ask', 'approve'], AT_ONCE),
  ];
  return { stop: async () => void (await Promise.all(hands.map((hand) => hand.stop()))) };
}

function startHand(
  deps: DispatcherDeps,
  kinds: readonly ClickKind[],
  most: number,
): { stop(): Promise<void> } {
  const inHand = new Map<ClickId, Promise<void>>();
  const attending = deps.ledger.attend(
    'curfew_click',
    async () => {
      if (inHand.size >= most) await Promise.race(inHand.values());
      const found = await deps.ledger.takeClicks(kinds, Math.min(AT_ONCE, most - inHand.size), AGAIN_MS);
      for (const click of found) {
        if (inHand.has(click.id)) continue; // it comes again if this try has no answer
        inHand.set(
          click.id,
          carry(deps, click).finally(() => inHand.delete(click.id)),
        );
      }
      return found.length;
    },
    deps.onTrouble,
  );
  return {
    async stop() {
      await attending.stop();
      await Promise.all(inHand.values());
    },
  };
}

async function carry(deps: DispatcherDeps, click: Click): Promise<void> {
  try {
    await deps.ledger.settleClick(click.id, await dispatch(deps, click));
  } catch (error) {
    deps.onUnknown?.(click, error); // it is still unsettled, so it is taken again
  }
}

async function dispatch(deps: DispatcherDeps, click: Click): Promise<Settled> {
  // Giving back needs no permission, and must not wait for Slack (I14); the ledger still checks who it is.
  const gives = click.kind === 'end' || click.kind === 'withdraw';
  const foreign = gives ? undefined : await deps.vet(click);
  if (foreign) return refuse(deps, click, foreign);
  if (click.kind === 'ask') {
    await deps.engine.start(click.request);
    return { kind: 'asked' };
  }
  if (!deps.isAnswer(click)) return refuse(deps, click, { code: 'unknown-person' });
  return click.kind === 'approve' ? approve(deps, click) : endOrRefuse(deps, click);
}

/** Only the workflow can grant, so it is the one that hears a yes. */
async function approve(deps: DispatcherDeps, click: AnswerClick): Promise<Settled> {
  const reply = await tell(deps, click);
  switch (reply.kind) {
    case 'heard':
      return { kind: 'heard' };
    case 'refused':
      return refuse(deps, click, reply.refusal);
    case 'gone':
      return approveNobody(deps, click);
  }
}

/**
 * A no, a withdrawal and an end count from the moment they are in the ledger, also with Temporal away: no later
 * yes overtakes them. The workflow hears of it next, and acts at once; without one the sweeper does.
 */
async function endOrRefuse(deps: DispatcherDeps, click: AnswerClick): Promise<Settled> {
  const { outcome } = await deps.recordAnswer(click);
  if (!outcome.ok) {
    void tell(deps, click).catch(() => undefined); // a hint: it may not know yet what makes this too late
    return { kind: 'refused', refusal: outcome.error };
  }
  const reply = await tell(deps, click);
  return { kind: reply.kind === 'heard' ? 'heard' : 'handled-by-ledger' };
}

const tell = ({ engine }: DispatcherDeps, { request, id, kind, person, body }: AnswerClick): Promise<Reply> =>
  engine.answer(request, { click: id, kind, by: person, digest: body.digest ?? '' });

/** A refusal leaves no trace in Temporal, so it is written here (F42). The ledger keeps the first of two. */
async function refuse({ ledger }: DispatcherDeps, click: Click, refusal: Refusal): Promise<Settled> {
  const name = click.kind === 'ask' ? 'open' : `click/${click.id}`;
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
async function approveNobody(deps: DispatcherDeps, click: AnswerClick): Promise<Settled> {
  const { ledger } = deps;
  const state = stateOf((await ledger.readTrail(click.request)).map(({ event }) => event));
  if (state.kind === 'pending') {
    const why = 'its workflow is gone, so nobody would have granted it';
    const command = (_state: unknown, at: typeof state.demand.lapsesAt) =>
      ({ kind: 'void', why, at }) as const;
    await ledger.record({ request: click.request, name: 'void', via: 'workflow', command });
  }
  const { outcome } = await deps.recordAnswer(click);
  return outcome.ok ? { kind: 'handled-by-ledger' } : { kind: 'refused', refusal: outcome.error };
}
