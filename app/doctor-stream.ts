import { messageOf } from '../core/faults.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Finding } from './findings.ts';

const PART = 'stream';

/** How far each sink of the stream to the SIEM is, and what is wrong with it. Nothing while there is no sink. */
export async function examineStream(
  ledger: Pick<Ledger, 'streams' | 'logProgress' | 'now'>,
): Promise<readonly Finding[]> {
  try {
    const [streams, { name, published }, now] = [
      await ledger.streams(),
      await ledger.logProgress(),
      await ledger.now(),
    ];
    return streams.map(({ sink, log, next, problem, claimedUntil }): Finding => {
      const sent = log === name ? next : 0;
      const progress = `${sink} has ${sent} of ${published} records`;
      if (problem !== null) return { part: PART, state: 'warning', what: `${progress}. ${problem}.` };
      if (sent < published && claimedUntil <= now)
        return {
          part: PART,
          state: 'warning',
          what: `${progress}, and nothing sends. Does the streamer run?`,
        };
      return { part: PART, state: 'ok', what: `${progress}.` };
    });
  } catch (error) {
    return [{ part: PART, state: 'broken', what: messageOf(error) }];
  }
}
