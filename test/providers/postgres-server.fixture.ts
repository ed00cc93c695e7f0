import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Address } from '../../providers/postgres/address.ts';
import { postgresProvider } from '../../providers/postgres/index.ts';
import { addressOf } from './postgres.fixture.ts';

type Value = string | number | boolean | null | readonly string[];
/** The rows of an answer; the SQLSTATE with which the server refuses, and perhaps the routine of the server (`53300 CheckMyDatabase`); or `never`, when there is no answer. */
export type PgAnswer = readonly Readonly<Record<string, Value>>[] | string;

/** What one connection sent. */
export type PgConnection = {
  /** The parameters of the startup message, in which the client names its login, its database and its settings. */
  readonly startup: Readonly<Record<string, string>>;
  readonly statements: string[];
  /** True when the client said that it closes the connection. */
  terminated: boolean;
  closed: boolean;
  /** Closes the connection without a word, as a network does. */
  cut(): void;
};

export type PgServer = Readonly<{
  /** The address, with the login `granter` and the database `orders`. */
  url: string;
  address: Address;
  connections: readonly PgConnection[];
}>;

type Behaviour = Readonly<{
  /** The answer to a login. No rows accept it. */
  login?: (startup: Readonly<Record<string, string>>) => PgAnswer;
  answer?: (sql: string, startup: Readonly<Record<string, string>>) => PgAnswer;
  /** True when the server does not notice that the client ends, as after a break of the network. */
  ignoresEnd?: boolean;
}>;

const stops: (() => Promise<void>)[] = [];
/** Stops every server that `startPgServer` started. Call it after each test. */
export async function stopServers(): Promise<void> {
  for (const stop of stops.splice(0)) await stop();
}

/** A provider for these databases. A server answers every statement about a database with what `answer` returns. */
export async function providerFor(databases: readonly string[], answer: (database: string) => PgAnswer) {
  const { url } = await startPgServer({
    answer: (sql, { database = '' }) => (sql.includes('set_config') ? [] : answer(database)),
  });
  const urls = databases.map((name) => [name, url.replace(/orders$/, `${name}_live`)]);
  return postgresProvider({ databases: Object.fromEntries(urls) as Record<string, string> });
}

/** A server with as much of Postgres's protocol (version 3, without TLS) as `pg` needs. It demands no password. */
export async function startPgServer({
  login,
  answer,
  ignoresEnd = false,
}: Behaviour = {}): Promise<PgServer> {
  const connections: PgConnection[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: ignoresEnd }, (socket) => {
    sockets.add(socket);
    let connection: PgConnection | undefined;
    let sql = '';
    socket.on('error', () => undefined);
    socket.on('close', () => connection && (connection.closed = true));
    readMessages(socket, (type, body) => {
      if (connection === undefined) {
        const startup = parametersOf(body);
        connection = {
          startup,
          statements: [],
          terminated: false,
          closed: false,
          cut: () => socket.destroy(),
        };
        connections.push(connection);
        const said = login?.(startup) ?? [];
        if (said !== 'never') socket.write(typeof said === 'string' ? refusal(said) : WELCOME);
        return;
      }
      if (type === 'X') connection.terminated = true;
      if (type === 'Q') sql = cString(body, 0);
      if (type === 'P') sql = cString(body, body.indexOf(0) + 1);
      if (type !== 'Q' && type !== 'S') return; // S ends a statement with values
      connection.statements.push(sql);
      const said = answer?.(sql, connection.startup) ?? [];
      if (said === 'never') return;
      const start = type === 'S' ? Buffer.concat([framed('1'), framed('2')]) : Buffer.alloc(0);
      socket.write(Buffer.concat([start, typeof said === 'string' ? refusal(said) : table(said), READY]));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  stops.push(
    () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  );
  const url = `postgres://granter:pass@127.0.0.1:${(server.address() as AddressInfo).port}/orders`;
  return { url, address: addressOf(url), connections };
}

/** Calls `take` for each message. The first message, the startup, has no type. */
function readMessages(socket: Socket, take: (type: string, body: Buffer) => void): void {
  let waiting = Buffer.alloc(0);
  let head = 0;
  socket.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= head + 4 && waiting.length >= head + waiting.readUInt32BE(head)) {
      const size = head + waiting.readUInt32BE(head);
      const message = waiting.subarray(0, size);
      waiting = waiting.subarray(size);
      const type = message.toString('latin1', 0, head);
      const body = message.subarray(head + 4);
      head = 1;
      take(type, body);
    }
  });
}

function parametersOf(body: Buffer): Readonly<Record<string, string>> {
  const texts = body.toString('utf8', 4).split('\0');
  const pairs = texts.flatMap((text, index) => (index % 2 === 0 && text ? [[text, texts[index + 1]]] : []));
  return Object.fromEntries(pairs) as Record<string, string>;
}

const cString = (body: Buffer, from: number): string => body.toString('utf8', from, body.indexOf(0, from));

function framed(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int16 = (value: number): Buffer => int32(value).subarray(2);

const READY = framed('Z', 'I');
const WELCOME = Buffer.concat([framed('R', int32(0)), READY]);
function refusal(answer: string): Buffer {
  const [code, routine = 'x'] = answer.split(' ');
  return framed('E', `SERROR\0VERROR\0C${code}\0Mno\0R${routine}\0\0`);
}

/** The object ids of the types: text[], boolean, integer, text. */
const typeOf = (value: Value | undefined): number =>
  typeof value === 'object' && value
    ? 1009
    : typeof value === 'boolean'
      ? 16
      : typeof value === 'number'
        ? 23
        : 25;
const spelled = (value: Value): string =>
  typeof value === 'object'
    ? `{${value?.join(',')}}`
    : typeof value === 'boolean'
      ? value
        ? 't'
        : 'f'
      : String(value);

function table(rows: readonly Readonly<Record<string, Value>>[]): Buffer {
  const [first = {}] = rows;
  const columns = Object.entries(first).map(([name, value]) =>
    Buffer.concat([
      Buffer.from(`${name}\0`),
      int32(0),
      int16(0),
      int32(typeOf(value)),
      int16(-1),
      int32(-1),
      int16(0),
    ]),
  );
  const cell = (value: Value) =>
    value === null
      ? int32(-1)
      : Buffer.concat([int32(Buffer.byteLength(spelled(value))), Buffer.from(spelled(value))]);
  return Buffer.concat([
    framed('T', int16(columns.length), ...columns),
    ...rows.map((row) => framed('D', int16(columns.length), ...Object.values(row).map(cell))),
    framed('C', `SELECT ${rows.length}\0`),
  ]);
}
