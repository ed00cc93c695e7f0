import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One call on its way through, whole. `body` is text: every API we stand in front of speaks text. */
export type Call = Readonly<{ method: string; path: string; headers: IncomingHttpHeaders; body: string }>;
export type Answer = Readonly<{ status: number; headers?: Record<string, string>; body?: string }>;

/** What to do to a call. Everything but `delay`, `hold` and `drop-after` keeps it from the real server. */
export type Act = Readonly<
  | { kind: 'delay'; ms: number }
  /** The call waits at the door until the promise settles. */
  | { kind: 'hold'; until: () => Promise<unknown> }
  | { kind: 'answer'; answer: Answer }
  /** The connection is cut before the real server hears of the call. */
  | { kind: 'drop-before' }
  /** The real server does it, and its answer is lost. */
  | { kind: 'drop-after' }
  /** No answer, ever. */
  | { kind: 'hang' }
>;

export type Rule = Readonly<{ when: (call: Call) => boolean; act: Act; times?: number }>;

/** `reached` settles when the rule first meets a call; `cancel` takes the rule away. */
export type Armed = Readonly<{ reached: Promise<Call>; cancel: () => void }>;

export type FaultProxy = Readonly<{
  url: string;
  /** Arms a rule; the oldest rule that matches a call wins. `times` is 1 unless told, Infinity for always. */
  arm(rule: Rule): Armed;
  /**
   * Calls that match are answered with what the same call was answered last before now, or with `unseen`
   * when there was none, until the returned function is called. What matches must be a read.
   */
  freeze(when: (call: Call) => boolean, unseen?: Answer): () => void;
  /** Every call that came, in order, whether or not it went through. */
  calls: readonly Call[];
  stop(): Promise<void>;
}>;

type Live = { rule: Rule; left: number; met: (call: Call) => void };

const keyOf = (call: Call): string => `${call.method} ${call.path}\n${call.body}`;

/**
 * An HTTP proxy that stands before a counterpart and loses, delays, replaces or freezes answers on demand.
 *
 * @param target the counterpart's base URL, http only
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const live: Live[] = [];
  const calls: Call[] = [];
  const shown = new Map<string, Answer>();
  const frozen = new Set<{ when: (call: Call) => boolean; unseen: Answer | undefined }>();
  const sockets = new Set<Socket>();

  const forward = async (call: Call): Promise<Answer> => {
    const answer = await send(target, call);
    if (frozen.size === 0) shown.set(keyOf(call), answer);
    return answer;
  };

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const call = {
      method: req.method ?? 'GET',
      path: req.url ?? '/',
      headers: req.headers,
      body: await text(req),
    };
    calls.push(call);
    const act = take(live, call);
    if (act?.kind === 'hang') return;
    if (act?.kind === 'drop-before') return void req.socket.destroy();
    if (act?.kind === 'answer') return write(res, act.answer);
    if (act?.kind === 'hold') await act.until();
    if (act?.kind === 'delay') await new Promise((done) => setTimeout(done, act.ms));
    const ice = [...frozen].find(({ when }) => when(call));
    const old = ice && (shown.get(keyOf(call)) ?? ice.unseen);
    const answer = old ?? (await forward(call));
    if (act?.kind === 'drop-after') return void req.socket.destroy();
    write(res, answer);
  };

  const server = createServer((req, res) => void handle(req, res).catch(() => req.socket.destroy()));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    arm(rule) {
      let met: (call: Call) => void = () => undefined;
      const reached = new Promise<Call>((done) => (met = done));
      const entry = { rule, left: rule.times ?? 1, met };
      live.push(entry);
      return { reached, cancel: () => void (entry.left = 0) };
    },
    freeze(when, unseen) {
      const ice = { when, unseen };
      frozen.add(ice);
      return () => void frozen.delete(ice);
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Finds the act for a call and spends one use of its rule. */
function take(live: Live[], call: Call): Act | undefined {
  const found = live.find(({ left, rule }) => left > 0 && rule.when(call));
  if (!found) return undefined;
  found.left -= 1;
  found.met(call);
  return found.rule.act;
}

async function text(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

function send(target: string, call: Call): Promise<Answer> {
  const headers = {
    ...call.headers,
    connection: 'close',
    'content-length': String(Buffer.byteLength(call.body)),
  };
  return new Promise((done, fail) => {
    const out = request(new URL(call.path, target), { method: call.method, headers }, (res) => {
      const kept = Object.entries(res.headers).filter(([name]) => !HOP.includes(name));
      const plain = Object.fromEntries(kept.map(([name, value]) => [name, [value].flat().join(', ')]));
      text(res).then((body) => done({ status: res.statusCode ?? 502, headers: plain, body }), fail);
    });
    out.on('error', fail);
    out.end(call.body);
  });
}

function write(res: ServerResponse, { status, headers = {}, body = '' }: Answer): void {
  res.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) });
  res.end(status === 204 || status === 304 ? undefined : body);
}
