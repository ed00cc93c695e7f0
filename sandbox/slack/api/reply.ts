/** Responses of Web API methods, and functions that read their arguments. */
import { formatProblem, isObject, type Json, type Problem } from '../check.ts';

export type Reply = Json & Readonly<{ ok: boolean }>;

export const answer = (fields: Json = {}): Reply => ({ ok: true, ...fields });
export const refuse = (error: string, fields: Json = {}): Reply => ({ ok: false, error, ...fields });

/** An error response with Slack's list of problems. */
export const refuseWith = (error: string, problems: readonly Problem[]): Reply => {
  const messages = problems.map(formatProblem);
  return refuse(error, { errors: messages, response_metadata: { messages } });
};

export const stringOf = (args: Json, name: string): string => {
  const value = args[name];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
};

export const flagOf = (args: Json, name: string): boolean =>
  ['true', '1', true].includes(args[name] as string);

/**
 * Reads an object or array, which is JSON text in a form and a value in a JSON body. Undefined when it is not
 * valid JSON.
 */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) || isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
