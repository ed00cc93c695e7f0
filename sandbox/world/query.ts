import pg from 'pg';
import { no, ok, type Result } from '../../core/result.ts';

/** What the terminal shows. `text` is the server's own message when the server sent one. */
export type QueryResult = Readonly<
  | { kind: 'rows'; columns: readonly string[]; rows: readonly (readonly string[])[]; more: number }
  | { kind: 'done'; text: string }
  | { kind: 'refused'; text: string; code: string }
>;

const MAX_ROWS = 50;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]', '::1']);

/**
 * Checks a pasted connection string. It allows only databases on this machine or on a host in `hosts`, so
 * that nobody can use the page to probe a network.
 */
export function parseConnection(
  text: string,
  hosts: ReadonlySet<string> = new Set(),
): Result<string, string> {
  const trimmed = text.trim();
  if (!/^postgres(?:ql)?:\/\//.test(trimmed) || !URL.canParse(trimmed))
    return no(
      'This is not a connection string. A connection string begins with postgres:// and you get it when your request is approved.',
    );
  const { hostname, searchParams } = new URL(trimmed);
  if (searchParams.has('host') || !(LOOPBACK.has(hostname) || hosts.has(hostname)))
    return no('This terminal only connects to the database of this sandbox.');
  return ok(trimmed);
}

const cellText = (value: unknown): string => {
  if (value === null || value === undefined) return '∅';
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
};

const textIn = (error: unknown, field: 'code' | 'message'): string => {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
  return typeof value === 'string' ? value : '';
};

const refusal = (error: unknown): QueryResult => {
  const code = textIn(error, 'code');
  if (code === 'ECONNREFUSED') return { kind: 'refused', code, text: 'The database does not answer.' };
  return { kind: 'refused', code, text: textIn(error, 'message') || 'The query failed.' };
};

/** Opens a session with the pasted credential, runs the SQL and closes the session. Never rejects. */
export async function runQuery(url: string, sql: string, hosts?: ReadonlySet<string>): Promise<QueryResult> {
  const checked = parseConnection(url, hosts);
  if (!checked.ok) return { kind: 'refused', code: '', text: checked.error };
  const client = new pg.Client({
    connectionString: checked.value,
    connectionTimeoutMillis: 4000,
    statement_timeout: 4000,
    query_timeout: 5000,
    application_name: 'sandbox terminal',
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const answer = await client.query({ text: sql, rowMode: 'array' });
    const last = Array.isArray(answer) ? answer.at(-1) : answer;
    const rows: readonly (readonly unknown[])[] = last.rows;
    if (last.fields.length === 0)
      return { kind: 'done', text: `${last.command} ${last.rowCount ?? ''}`.trim() };
    return {
      kind: 'rows',
      columns: last.fields.map((field: { name: string }) => field.name),
      rows: rows.slice(0, MAX_ROWS).map((row) => row.map(cellText)),
      more: Math.max(0, rows.length - MAX_ROWS),
    };
  } catch (error) {
    return refusal(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
