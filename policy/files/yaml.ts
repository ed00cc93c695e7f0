import { isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { no, ok, type Result } from '../../core/result.ts';
import { oneLine } from '../../core/text.ts';

/**
 * A mistake in a policy file and its position: `file:line:column: message`. The kind `example` is an account of the
 * example company, with which `curfew up` does not start.
 */
export type Problem = Readonly<{
  file: string;
  line: number;
  column: number;
  message: string;
  kind?: 'example';
}>;

/** The problem in one line. Its message can repeat what stands in the file. */
export const formatProblem = ({ file, line, column, message }: Problem): string =>
  `${file}:${line}:${column}: ${oneLine(message)}`;

/** A file that was read: its value. `at` returns the problem for a mistake, with the position of a path. */
export type Read<T> = Readonly<{ value: T; at: (path: readonly PropertyKey[], message: string) => Problem }>;

/**
 * Reads YAML 1.2 and checks it against a schema. Every mistake is reported at its own position, not only the first.
 * Duplicate keys, unknown keys, aliases and custom tags are mistakes, so that a reviewer sees each value in full and
 * only once.
 */
export function readYaml<T>(
  file: string,
  text: string,
  schema: z.ZodType<T>,
): Result<Read<T>, readonly Problem[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const problemAtOffset = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) return no(broken.map(({ pos, message }) => problemAtOffset(pos[0], message)));
  const aliases: Problem[] = [];
  visit(document, {
    Alias: (_key, { range }) =>
      void aliases.push(problemAtOffset(range?.[0] ?? 0, 'aliases are not read: write the value in full')),
  });
  if (aliases.length > 0) return no(aliases);

  const at = (path: readonly PropertyKey[], message: string): Problem =>
    problemAtOffset(offsetOf(document, path), message);
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return ok({ value: parsed.data, at });
  return no(parsed.error.issues.map((issue) => problemOfIssue(issue, at)));
}

function problemOfIssue(issue: z.core.$ZodIssue, at: Read<unknown>['at']): Problem {
  if (issue.code === 'unrecognized_keys')
    return at([...issue.path, issue.keys[0] ?? ''], `unknown key "${issue.keys.join('", "')}"`);
  const where = issue.path.length === 0 ? 'the file' : `"${issue.path.join('.')}"`;
  return at(issue.path, `${where}: ${issue.message}`);
}

/** The offset of a path in the text: that of its key or item. When that is missing, that of the nearest parent. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = document.getIn(path.slice(0, length - 1));
    const last = path[length - 1];
    const pairs = (parent as { items?: readonly { key?: unknown }[] } | null)?.items ?? [];
    const key = pairs.map((pair) => pair.key).find((each) => isScalar(each) && each.value === last);
    const node: unknown = key ?? document.getIn(path.slice(0, length), true);
    const range = (node as { range?: readonly [number, number, number] } | undefined)?.range;
    if (range) return range[0];
  }
  return 0;
}
