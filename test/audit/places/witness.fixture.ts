import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';
import { type Checkpoint, parseCheckpoint } from '../../../audit/note/checkpoint.ts';
import { cosign, withCosigned } from '../../../audit/note/cosignature.ts';
import { parseNote } from '../../../audit/note/note.ts';
import { openCheckpoint } from '../../../audit/note/open.ts';
import { verifierKey } from '../../../audit/note/vkey.ts';
import { keyOf, LOG_NAME, trusted } from '../log.fixture.ts';
import { isConsistent } from '../tiny-tree.fixture.ts';

export const WITNESS = { name: 'witness.example/w1', privateKey: keyOf('witness') };
export const witnessKey = verifierKey(WITNESS.name, WITNESS.privateKey, 'cosignature');
/** The time of a cosignature, in seconds since 1970. */
export const COSIGNED_AT = Math.floor(Date.now() / 1000);

/** `isUnfinished`: more text could follow, and never does. */
type Answer = Readonly<{
  status: number;
  text?: string;
  headers?: Readonly<Record<string, string>>;
  isUnfinished?: true;
}>;
type Kept = Readonly<{ checkpoint: Checkpoint; note: string }>;

/** What a witness answers by https://c2sp.org/tlog-witness, in the order of its rules. It keeps one checkpoint. */
export class Witness {
  kept: Kept | undefined;
  bodies: string[] = [];
  /** The time of its cosignatures. */
  cosignsAt = COSIGNED_AT;
  /** Another note that it shows. */
  shows: string | undefined;

  addCheckpoint(body: string): Answer {
    this.bodies.push(body);
    const end = body.indexOf('\n\n');
    const [old = '', ...proofLines] = body.slice(0, end).split('\n');
    const size = Number(/^old (0|[1-9]\d*)$/.exec(old)?.[1]);
    const note = body.slice(end + 2);
    const parsed = parseNote(note);
    const checkpoint = parsed.ok ? parseCheckpoint(parsed.value.text) : parsed;
    if (end < 0 || Number.isNaN(size) || proofLines.length > 63 || !parsed.ok || !checkpoint.ok)
      return { status: 400 };
    if (checkpoint.value.origin !== LOG_NAME) return { status: 404 };
    if (!openCheckpoint(note, trusted).ok) return { status: 403 };
    if (size > checkpoint.value.size) return { status: 400 };
    const latest = this.kept?.checkpoint;
    if (size !== (latest?.size ?? 0))
      return { status: 409, text: `${latest?.size ?? 0}\n`, headers: { 'content-type': 'text/x.tlog.size' } };
    const older = latest ?? { size: 0, root: Buffer.alloc(0) };
    const proof = proofLines.map((line) => Buffer.from(line, 'base64'));
    if (!isConsistent(older, checkpoint.value, proof)) return { status: 422 };
    const line = cosign(parsed.value.text, WITNESS, this.cosignsAt);
    this.kept = { checkpoint: checkpoint.value, note: withCosigned(note, [line]) };
    this.shows = this.kept.note;
    return { status: 200, text: line };
  }

  shown(path: string): Answer {
    const origin = createHash('sha256').update(LOG_NAME).digest('hex');
    return path.endsWith(`/${origin}/checkpoint`) && this.shows !== undefined
      ? { status: 200, text: this.shows }
      : { status: 404 };
  }
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
};

/** A server of witnesses: each path prefix has its own. `overrides` answers instead of a witness, and `submissions` only where a checkpoint is submitted. */
export class WitnessServer {
  readonly witnesses = new Map<string, Witness>();
  readonly overrides = new Map<string, Answer>();
  readonly submissions = new Map<string, Answer>();
  readonly requests: string[] = [];
  #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const [, prefix = '', ...rest] = (request.url ?? '').split('/');
        this.requests.push(`${request.method} ${request.url}`);
        const one = this.witnesses.get(prefix);
        const { status, text, headers, isUnfinished } =
          this.overrides.get(prefix) ??
          (request.method === 'POST' ? this.submissions.get(prefix) : undefined) ??
          this.#answer(one, rest.join('/'), request, body);
        response.writeHead(status, headers);
        if (isUnfinished) response.write(text ?? '\n');
        else response.end(text);
      });
    });
  }

  #answer(one: Witness | undefined, path: string, { method }: IncomingMessage, body: string): Answer {
    if (!one) return { status: 500 };
    if (method === 'POST') return path === 'add-checkpoint' ? one.addCheckpoint(body) : { status: 404 };
    return one.shown(`/${path}`);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  url(prefix: string): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${prefix}`);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
