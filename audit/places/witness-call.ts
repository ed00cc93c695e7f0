import { limitedSignal } from '../../core/limited-signal.ts';
import { whyNoAnswer } from '../../core/why-no-answer.ts';
import { PlaceUnavailable } from './place.ts';

/** What a witness answered. `type` is the media type without its parameters. */
export type Answer = Readonly<{ status: number; type: string; text: string }>;

type Call = Readonly<{ path: string; body?: string; signal: AbortSignal }>;

/** How long a whole answer may take, in milliseconds. */
const ANSWER_MS = 5_000;
/** An answer is a few lines. Anything larger is no answer of a witness, and is not read to its end. */
const LARGEST_ANSWER = 64 * 1024;

/**
 * Calls a witness: POST with a body, otherwise GET. It follows no redirect, so that the address in the settings is the only one that
 * is called (T21). Throws `PlaceUnavailable` when there is no whole answer.
 */
export async function callWitness(
  { url, answerMs = ANSWER_MS }: Readonly<{ url: URL; answerMs?: number }>,
  call: Call,
): Promise<Answer> {
  call.signal.throwIfAborted();
  const signal = limitedSignal(call.signal, answerMs);
  const target = new URL(call.path, url.href.endsWith('/') ? url.href : `${url.href}/`);
  try {
    const response = await fetch(target, {
      method: call.body === undefined ? 'GET' : 'POST',
      ...(call.body === undefined ? {} : { body: call.body }),
      redirect: 'manual',
      signal,
    });
    const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
    return { status: response.status, type: type.trim().toLowerCase(), text: await textOf(response) };
  } catch (error) {
    if (call.signal.aborted) throw error;
    throw new PlaceUnavailable(
      `the witness at ${url.href} does not answer: ${whyNoAnswer(error, answerMs)}`,
      {
        cause: error,
      },
    );
  }
}

async function textOf(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.length;
    if (size > LARGEST_ANSWER) throw new Error(`its answer is larger than ${LARGEST_ANSWER} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
