import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What the proxy does with a statement that matches a rule. */
export type SqlAct =
  /** The connection is closed before the server gets the statement. */
  | 'drop-before'
  /** The server executes the statement, and its answer is lost. */
  | 'drop-after'
  /** The server executes the statement, and nothing on this connection is answered any more. */
  | 'hang-after'
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

/** One statement, with the values of its parameters as text. */
export type Statement = Readonly<{ sql: string; values: readonly (string | null)[] }>;
/** A statement, and those before it in the same transaction, in order. */
export type StatementAt = Statement & Readonly<{ earlier: readonly Statement[] }>;

/** `times` is 1 by default; Infinity means always. */
export type SqlRule = Readonly<{
  when: (sql: string, at: StatementAt) => boolean;
  act: SqlAct;
  times?: number;
}>;

export type PgProxy = Readonly<{
  /** The same URL with the address of the proxy. */
  through(url: string): string;
  /** Adds a rule. `reached` resolves when it is first used. `cancel` removes it. */
  arm(rule: SqlRule): Readonly<{ reached: Promise<void>; cancel: () => void }>;
  /** Every statement that the proxy received, in order. */
  statements: readonly string[];
  /** Every statement that the server got, with the time in milliseconds since 1970. */
  passed: readonly (StatementAt & Readonly<{ at: number }>)[];
  /** How many connections were opened so far. */
  connections(): number;
  stop(): Promise<void>;
}>;

type Live = { rule: SqlRule; left: number; met: () => void };

const QUERY = 0x51; // 'Q'
const PARSE = 0x50; // 'P'
const BIND = 0x42; // 'B'
const READY = 0x5a; // 'Z', which ends every answer

/** Starts a proxy that reads as much of Postgres's protocol (version 3, without TLS) as it needs to lose answers. */
export async function startPgProxy(host: string, port: number): Promise<PgProxy> {
  const live: Live[] = [];
  const statements: string[] = [];
  const passed: (StatementAt & { at: number })[] = [];
  const sockets = new Set<Socket>();
  const take = (matches: (rule: SqlRule) => boolean): SqlAct | undefined => {
    const found = live.find(({ left, rule }) => left > 0 && matches(rule));
    if (!found) return undefined;
    found.left -= 1;
    found.met();
    return found.rule.act;
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
    serve(client, vendor, {
      judge(statement) {
        statements.push(statement.sql);
        return take(({ act, when }) => act !== 'too-many' && when(statement.sql, statement));
      },
      note: (statement) => void passed.push({ ...statement, at: Date.now() }),
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
    passed,
    connections: () => opened,
    arm(rule) {
      let met: () => void = () => undefined;
      const reached = new Promise<void>((done) => (met = done));
      const entry = { rule, left: rule.times ?? 1, met };
      live.push(entry);
      return { reached, cancel: () => void (entry.left = 0) };
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

type Watching = Readonly<{
  judge: (statement: StatementAt) => SqlAct | undefined;
  note: (statement: StatementAt) => void;
}>;

/** Passes messages on both ways, asking `judge` about each statement. */
function serve(client: Socket, vendor: Socket, { judge, note }: Watching): void {
  let waiting = Buffer.alloc(0);
  let greeted = false;
  let losing = false;
  let isMute = false;
  let isHeld = false;
  const earlier: Statement[] = [];
  client.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    passOn();
  });
  const passOn = () => {
    while (!isHeld) {
      const head = greeted ? 1 : 0; // the first message has no type
      const size = sizeOf(waiting, head);
      if (size === undefined) return;
      const message = waiting.subarray(0, size);
      const rest = waiting.subarray(size);
      const sql = greeted ? sqlOf(message) : undefined;
      // The driver sends the values right after the statement.
      if (message[0] === PARSE && greeted && sizeOf(rest, 1) === undefined) return;
      waiting = rest;
      greeted = true;
      if (sql === undefined) {
        vendor.write(message);
        continue;
      }
      if (sql.startsWith('begin')) earlier.length = 0;
      const statement = { sql, values: valuesOf(rest), earlier: [...earlier] };
      const act = judge(statement);
      if (act === 'hang') return void client.removeAllListeners('data').resume();
      if (act === 'drop-before') return void client.destroy();
      if (act === 'drop-after') losing = true;
      if (act === 'hang-after') isMute = true;
      if (act === 'deadlock') {
        client.write(DEADLOCK);
        continue;
      }
      earlier.push({ sql, values: statement.values });
      if (typeof act === 'object') void hold(act.after, message, statement);
      else if (act === 'rollback') vendor.write(simpleQuery('rollback'));
      else send(message, statement);
    }
  };
  const send = (message: Buffer, statement: StatementAt) => {
    vendor.write(message);
    note(statement);
  };
  const hold = async (after: () => Promise<void> | void, message: Buffer, statement: StatementAt) => {
    isHeld = true;
    await after();
    isHeld = false;
    send(message, statement);
    passOn();
  };
  vendor.on('data', (chunk: Buffer) => {
    if (isMute) return;
    if (!losing) return void client.write(chunk);
    if (chunk.at(-6) === READY) client.destroy(); // the server has executed the statement
  });
}

/** The size of the first message; undefined while it is not complete. */
function sizeOf(data: Buffer, head: number): number | undefined {
  if (data.length < head + 4) return undefined;
  const size = head + data.readUInt32BE(head);
  return data.length < size ? undefined : size;
}

function sqlOf(message: Buffer): string | undefined {
  const text = (from: number): string => message.toString('utf8', from, message.indexOf(0, from));
  if (message[0] === QUERY) return text(5);
  if (message[0] === PARSE) return text(message.indexOf(0, 5) + 1);
  return undefined;
}

/** The values in the message that follows a statement. A statement without parameters has none. */
function valuesOf(next: Buffer): readonly (string | null)[] {
  if (next[0] !== BIND) return [];
  const portal = next.indexOf(0, 5);
  const formats = next.indexOf(0, portal + 1) + 1;
  let from = formats + 2 + 2 * next.readUInt16BE(formats);
  const values: (string | null)[] = [];
  const count = next.readUInt16BE(from);
  from += 2;
  while (values.length < count) {
    const size = next.readInt32BE(from);
    from += 4;
    values.push(size < 0 ? null : next.toString('utf8', from, from + size));
    from += Math.max(size, 0);
  }
  return values;
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
