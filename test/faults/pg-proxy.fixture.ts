import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What the proxy does with a statement that matches a rule. */
export type SqlAct =
  /** The connection is closed before the server gets the statement. */
  | 'drop-before'
  /** The server executes the statement, and its answer is lost. */
  | 'drop-after'
  /** The statement never gets an answer. */
  | 'hang'
  /** The server gets `rollback` instead of the statement, and answers that it succeeded. */
  | 'rollback'
  /** The next connection is refused with the error "too many clients already". */
  | 'too-many'
  /** The server does not get the statement, and the answer is the error "deadlock detected". */
  | 'deadlock'
  /** The statement is passed on. */
  | 'pass'
  /** The statement is passed on when this has settled. */
  | Readonly<{ after: () => Promise<void> | void }>;

export type SqlRule = Readonly<{ when: (sql: string) => boolean; act: SqlAct }>;

export type PgProxy = Readonly<{
  /** The same URL with the address of the proxy. */
  through(url: string): string;
  /** Adds a rule for one use. `reached` resolves when it is used. */
  arm(rule: SqlRule): Readonly<{ reached: Promise<void> }>;
  /** Every statement that the proxy received, in order. */
  statements: readonly string[];
  /** How many connections were opened so far. */
  connections(): number;
  stop(): Promise<void>;
}>;

type Live = SqlRule & { met: () => void };

const QUERY = 0x51; // 'Q'
const PARSE = 0x50; // 'P'
const READY = 0x5a; // 'Z', which ends every answer

/** Starts a proxy that reads as much of Postgres's protocol (version 3, without TLS) as it needs to lose answers. */
export async function startPgProxy(host: string, port: number): Promise<PgProxy> {
  const live: Live[] = [];
  const statements: string[] = [];
  const sockets = new Set<Socket>();
  const take = (matches: (rule: Live) => boolean): SqlAct | undefined => {
    const index = live.findIndex(matches);
    if (index < 0) return undefined;
    const [rule] = live.splice(index, 1);
    rule?.met();
    return rule?.act;
  };

  let opened = 0;
  const server = createServer({ noDelay: true }, (client) => {
    opened += 1;
    const vendor = connect({ port, host, noDelay: true });
    for (const [here, there] of [
      [client, vendor],
      [vendor, client],
    ] as const) {
      sockets.add(here);
      here.on('error', () => there.destroy());
      here.on('close', () => {
        sockets.delete(here);
        there.destroy();
      });
    }
    if (take(({ act }) => act === 'too-many')) {
      client.once('data', () => client.end(TOO_MANY));
      return;
    }
    serve(client, vendor, (sql) => {
      statements.push(sql);
      return take(({ act, when }) => act !== 'too-many' && when(sql));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const own = (server.address() as AddressInfo).port;

  return {
    through(url) {
      const by = new URL(url);
      by.hostname = '127.0.0.1';
      by.port = String(own);
      return by.href;
    },
    statements,
    connections: () => opened,
    arm(rule) {
      let met: () => void = () => undefined;
      const reached = new Promise<void>((done) => (met = done));
      live.push({ ...rule, met });
      return { reached };
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Passes messages on both ways, asking `judge` about each statement. */
function serve(client: Socket, vendor: Socket, judge: (sql: string) => SqlAct | undefined): void {
  let waiting = Buffer.alloc(0);
  let greeted = false;
  let losing = false;
  let isHeld = false;
  client.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    passOn();
  });
  const passOn = () => {
    while (!isHeld) {
      const head = greeted ? 1 : 0; // the first message has no type
      if (waiting.length < head + 4) return;
      const size = head + waiting.readUInt32BE(head);
      if (waiting.length < size) return;
      const message = waiting.subarray(0, size);
      waiting = waiting.subarray(size);
      const sql = greeted ? statementOf(message) : undefined;
      greeted = true;
      const act = sql === undefined ? undefined : judge(sql);
      if (act === 'hang') return void client.removeAllListeners('data').resume();
      if (act === 'drop-before') return void client.destroy();
      if (act === 'drop-after') losing = true;
      if (act === 'deadlock') client.write(DEADLOCK);
      else if (typeof act === 'object') void hold(act.after, message);
      else vendor.write(act === 'rollback' ? simpleQuery('rollback') : message);
    }
  };
  const hold = async (after: () => Promise<void> | void, message: Buffer) => {
    isHeld = true;
    await after();
    isHeld = false;
    vendor.write(message);
    passOn();
  };
  vendor.on('data', (chunk: Buffer) => {
    if (!losing) return void client.write(chunk);
    if (chunk.at(-6) === READY) client.destroy(); // the server has executed the statement
  });
}

function statementOf(message: Buffer): string | undefined {
  const text = (from: number): string => message.toString('utf8', from, message.indexOf(0, from));
  if (message[0] === QUERY) return text(5);
  if (message[0] === PARSE) return text(message.indexOf(0, 5) + 1);
  return undefined;
}

function framed(type: string, body: string): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(Buffer.byteLength(body) + 4);
  return Buffer.concat([Buffer.from(type), size, Buffer.from(body)]);
}

const simpleQuery = (sql: string): Buffer => framed('Q', `${sql}\0`);
/** The transaction has failed, so the client has to roll it back. */
const DEADLOCK = Buffer.concat([
  framed('E', 'SERROR\0VERROR\0C40P01\0Mdeadlock detected\0\0'),
  Buffer.from([READY, 0, 0, 0, 5, 0x45]),
]);
const TOO_MANY = framed('E', 'SFATAL\0VFATAL\0C53300\0Msorry, too many clients already\0\0');
