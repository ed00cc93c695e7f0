import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One whole call that passes through the proxy. `body` is text, because every API behind the proxy uses text. */
export type Call = Readonly<{ method: string; path: string; headers: IncomingHttpHeaders; body: string }>;
export type Answer = Readonly<{ status: number; headers?: Record<string, string>; body?: string }>;

/** What the proxy does with a call. Only `delay`, `hold`, `drop-after` and `hang-after` pass it on to the real server. */
export type Act = Readonly<
  | { kind: 'delay'; ms: number }
  /** The call waits in the proxy until the promise settles. */
  | { kind: 'hold'; until: () => Promise<unknown> }
  | { kind: 'answer'; answer: Answer }
  /** The connection is closed before the real server gets the call. */
  | { kind: 'drop-before' }
  /** The real server handles the call, and its answer is lost. */
  | { kind: 'drop-after' }
  /** The real server handles the call, and its answer never comes. */
  | { kind: 'hang-after' }
  /** The call never gets an answer. */
  | { kind: 'hang' }
>;

export type Rule = Readonly<{ when: (call: Call) => boolean; act: Act; times?: number }>;

/** `reached` resolves when the rule first matches a call. `cancel` removes the rule. */
export type Armed = Readonly<{ reached: Promise<Call>; cancel: () => void }>;

export type FaultProxy = Readonly<{
  url: string;
  /** Adds a rule. The oldest rule that matches a call applies. `times` is 1 by default; Infinity means always. */
  arm(rule: Rule): Armed;
  /**
   * Until the returned function is called, a call that matches gets the last answer that the same call got
   * before now, or `unseen` if there was none. Only reads may match.
   */
  freeze(when: (call: Call) => boolean, unseen?: Answer): () => void;
  /** Every call that the proxy received, in order, also those that it did not pass on. */
  calls: readonly Call[];
  /** Every call that the real server answered, with the time in milliseconds since 1970. */
  passed: readonly (Call & Readonly<{ status: number; at: number }>)[];
  stop(): Promise<void>;
}>;

type Live = { rule: Rule; left: number; met: (call: Call) => void };

const keyOf = (call: Call): string => `${call.method} ${call.path}\n${call.body}`;

/**
 * Starts an HTTP proxy in front of a server. It loses, delays, replaces or freezes answers as its rules say.
 *
 * @param target the base URL of the server, http only
 */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const live: Live[] = [];
  const calls: Call[] = [];
  const passed: (Call & { status: number; at: number })[] = [];
  const shown = new Map<string, Answer>();
  const frozen = new Set<{ when: (call: Call) => boolean; unseen: Answer | undefined }>();
  const sockets = new Set<Socket>();

  const forward = async (call: Call): Promise<Answer> => {
    const answer = await send(target, call);
    passed.push({ ...call, status: answer.status, at: Date.now() });
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
    const frozenRule = [...frozen].find(({ when }) => when(call));
    const old = frozenRule && (shown.get(keyOf(call)) ?? frozenRule.unseen);
    const answer = old ?? (await forward(call));
    if (act?.kind === 'drop-after') return void req.socket.destroy();
    if (act?.kind === 'hang-after') return;
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
    passed,
    arm(rule) {
      let met: (call: Call) => void = () => undefined;
      const reached = new Promise<Call>((done) => (met = done));
      const entry = { rule, left: rule.times ?? 1, met };
      live.push(entry);
      return { reached, cancel: () => void (entry.left = 0) };
    },
    freeze(when, unseen) {
      const frozenRule = { when, unseen };
      frozen.add(frozenRule);
      return () => void frozen.delete(frozenRule);
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Returns the act of the first rule that matches a call, and counts one use of that rule. */
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
