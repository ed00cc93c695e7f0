import { WAITS } from '../core/waits.ts';
import type { Pace } from './pace.ts';

/**
 * The `fetch` of a client of Slack's Web API whose calls wait for their turn. All of them are urgent: somebody pressed something. The time that
 * a call may take begins with its turn, so the client must have no timeout of its own.
 */
export const pacedFetch =
  (pace: Pace): typeof fetch =>
  async (input, init) => {
    const method = new URL(input instanceof Request ? input.url : input).pathname.split('/').at(-1) ?? '';
    await pace.take({ method, channel: channelIn(init?.body), isUrgent: true, mayWait: true });
    const response = await fetch(input, { ...init, signal: AbortSignal.timeout(WAITS.slackCall.ms) });
    const retryAfter = Number(response.headers.get('retry-after'));
    if (response.status === 429) pace.pause(method, retryAfter * 1000);
    return response;
  };

/** The client sends the arguments of a call as a form. */
const channelIn = (body: unknown): string | undefined =>
  typeof body === 'string' ? (new URLSearchParams(body).get('channel') ?? undefined) : undefined;
