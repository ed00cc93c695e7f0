import pg from 'pg';
import { no, ok, type Result } from '../../core/result.ts';

/** What the terminal shows. `words` are the server's own where it gave some. */
export type QueryResult = Readonly<
  | { kind: 'rows'; columns: readonly string[]; rows: readonly (readonly string[])[]; more: number }
  | { kind: 'done'; words: string }
  | { kind: 'refused'; words: string; code: string }
>;

const MAX_ROWS = 50;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]', '::1']);

/**
 * Checks a pasted connection string. Only databases on this machine, or on a host named in `hosts`, may be
 * reached: the page must not become a way to probe a network.
 */
export function parseConnection(
  text: string,
  hosts: ReadonlySet<string> = new Set(),
): Result<string, string> {
  const trimmed = text.trim();
  if (!/^postgres(?:ql)?:\/\//.test(trimmed) || !URL.canParse(trimmed))
    return no(
      'That is not a connection string. One begins with postgres:// and comes with an approved request.',
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
  if (code === 'ECONNREFUSED') return { kind: 'refused', code, words: 'The database does not answer.' };
  return { kind: 'refused', code, words: textIn(error, 'message') || 'The query failed.' };
};

/** Opens a session with the pasted credential, runs one text of SQL and closes it. Never rejects. */
export async function runQuery(url: string, sql: string, hosts?: ReadonlySet<string>): Promise<QueryResult> {
  const checked = parseConnection(url, hosts);
  if (!checked.ok) return { kind: 'refused', code: '', words: checked.error };
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
      return { kind: 'done', words: `${last.command} ${last.rowCount ?? ''}`.trim() };
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
