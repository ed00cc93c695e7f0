import { whyNoAnswer } from '../../core/why-no-answer.ts';
import type { Format } from './formats.ts';
import { FORMATS } from './formats.ts';
import { nameOf, type StreamRecord } from './record.ts';
import { type Sink, SinkUnavailable } from './sink.ts';

/** `token`: sent as a bearer token. `answerMs`: how long a whole answer may take. */
export type HttpsSink = Readonly<{
  name: string;
  url: URL;
  format: Format;
  token: string | undefined;
  answerMs?: number;
}>;

const ANSWER_MS = 10_000;
/** The body of one call. A single record is smaller. */
const LARGEST_BODY = 512 * 1024;
/** No more of an answer is read. Its text is not used. */
const LARGEST_ANSWER = 64 * 1024;
const TOO_LARGE = 413;
/** Answers that are about what was sent: then fewer records are sent at once. */
const REFUSES_CONTENT: ReadonlySet<number> = new Set([400, TOO_LARGE, 422]);

/**
 * An address that gets records with POST, one on each line. Only an answer from 200 to 299 means that it has them. Each call says which
 * records it has, so that a record that was sent twice can be dropped. It follows no redirect (T21). After any other answer the next call
 * has half of the records: so what is before a refused record is sent, and then the problem names the entry that is refused.
 */
export function httpsSink(sink: HttpsSink): Sink {
  /** How many records are not too large. */
  let fitting = Infinity;
  /** Fewer after a refusal. It doubles with each success. */
  let most = Infinity;
  return {
    name: sink.name,
    async send(records, signal) {
      const part = partOf(records, Math.min(fitting, most));
      const status = await post(sink, part, signal);
      if (status >= 200 && status <= 299) {
        most *= 2;
        return part.length;
      }
      const half = Math.max(1, Math.floor(part.length / 2));
      if (status === TOO_LARGE) fitting = half;
      else most = half;
      if (REFUSES_CONTENT.has(status) && part.length > 1) return this.send(records, signal);
      const [first] = part;
      const what = first && part.length === 1 ? ` to the entry ${first.index} of the log` : '';
      throw new SinkUnavailable(`${sink.name} answers with the status ${status}${what}`);
    },
    close: () => Promise.resolve(),
  };
}

/** The first records that fit into one call, and at least one. */
export function partOf(records: readonly StreamRecord[], most: number): readonly StreamRecord[] {
  let bytes = 0;
  const end = records.findIndex(({ text }, at) => {
    bytes += Buffer.byteLength(text) + 1;
    return at >= most || (at > 0 && bytes > LARGEST_BODY);
  });
  return end < 0 ? records : records.slice(0, end);
}

/** Returns the status. Throws `SinkUnavailable` when there is no answer, or one that says when to try again. */
async function post(
  { name, url, format, token, answerMs = ANSWER_MS }: HttpsSink,
  records: readonly StreamRecord[],
  stopping: AbortSignal,
): Promise<number> {
  const [first] = records;
  const last = records.at(-1);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': FORMATS[format].mediaType,
        ...(first && last ? { 'idempotency-key': `${nameOf(first)}-${last.index}` } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: records.map(({ text }) => `${text}\n`).join(''),
      redirect: 'manual',
      signal: AbortSignal.any([stopping, AbortSignal.timeout(answerMs)]),
    });
    await readToEnd(response);
    const retryAfterMs = retryAfterOf(response.headers.get('retry-after'), Date.now());
    if (response.status > 299 && retryAfterMs !== undefined)
      throw new SinkUnavailable(`${name} answers with the status ${response.status}`, { retryAfterMs });
    return response.status;
  } catch (error) {
    if (error instanceof SinkUnavailable) throw error;
    throw new SinkUnavailable(`${name} does not answer: ${whyNoAnswer(error, answerMs)}`, { cause: error });
  }
}

/** The wait in a header Retry-After: seconds or a date. Undefined when there is none that makes sense. */
export function retryAfterOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

async function readToEnd(response: Response): Promise<void> {
  let size = 0;
  for await (const part of response.body ?? []) {
    size += (part as Uint8Array).length;
    if (size > LARGEST_ANSWER) throw new Error(`its answer is larger than ${LARGEST_ANSWER} bytes`);
  }
}
