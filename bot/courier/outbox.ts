import type { WebClient } from '@slack/web-api';
import { messageOf } from '../../core/faults.ts';
import { startQueue, stopAll, type Stoppable } from '../../inbox/queue.ts';
import type { BotDeps } from '../deps.ts';
import { deferred } from './deferred.ts';
import { findings } from './findings.ts';
import { leavers, massEndings } from './mass-endings.ts';
import type { MessageKind, OutboxTools } from './message-kind.ts';
import { openMessenger } from './messenger.ts';
import { news, redraws } from './notifications.ts';
import { type Pace, UNPACED } from './pace.ts';
import { reviews } from './reviews.ts';
import { rememberedTimeZones } from './time-zone.ts';

/** Every kind of messages. Each one remembers where it posted in `posted_message`, by a place of `places.ts`. */
const KINDS: readonly ((tools: OutboxTools) => MessageKind)[] = [
  redraws,
  news,
  deferred,
  massEndings,
  leavers,
  findings,
  reviews,
];

/**
 * Sends to Slack what the ledger says is due, each thing drawn from its state at that moment. Nothing else sends a message that nobody waits for.
 * So Slack also shows what a sweeper did while Temporal was down, and a failure of Slack delays messages but never the end of access (B65).
 * One kind never waits for another.
 */
export function startOutbox(
  deps: BotDeps,
  client: WebClient,
  pace: Pace = UNPACED,
  kinds: typeof KINDS = KINDS,
): Stoppable {
  const messengerOf = openMessenger(
    deps.ledger,
    client,
    (what, about) => deps.warn(`Slack does not accept a message, ${what}`, about),
    pace,
  );
  const tools = { deps, client, pace, messengerOf, timeZoneOf: rememberedTimeZones(client, pace) };
  return stopAll(kinds.map((kind) => startKind(deps, kind(tools))));
}

function startKind({ ledger, warn }: BotDeps, { wakes, mostAtOnce = 1, take, late }: MessageKind): Stoppable {
  const onError = (error: unknown) => warn(`${late}: ${messageOf(error)}`);
  return startQueue({
    mostAtOnce,
    take,
    work: ({ send, late: words = late, request }) =>
      send().catch((error: unknown) => warn(`${words}: ${messageOf(error)}`, request && { request })),
    watch: (look) =>
      typeof wakes === 'number' ? lookEvery(wakes, look, onError) : ledger.watch(wakes, look, onError),
  });
}

/** Looks again and again until stopped. A look that fails is reported, and the next one comes as always. */
function lookEvery(ms: number, look: () => Promise<unknown>, onError: (error: unknown) => void): Stoppable {
  let stopped = false;
  let wake = (): void => undefined;
  const running = (async () => {
    while (!stopped) {
      await look().catch(onError);
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        wake = () => (clearTimeout(timer), resolve());
      });
    }
  })();
  return {
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}
