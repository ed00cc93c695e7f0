import { readFileSync } from 'node:fs';
import { no, ok, type Result } from '../../core/result.ts';
import { errnoOf } from '../errors.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** The value of a secret, or the content of the file that `<NAME>_FILE` names, without the line end that editors add. */
export function valueOrFile(env: Env, name: string): Result<string | undefined, string> {
  const file = env[`${name}_FILE`];
  if (!file) return ok(env[name]);
  if (env[name]) return no(`is set twice: itself, and by ${name}_FILE. Leave one out`);
  try {
    const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return value ? ok(value) : no(`is empty in the file that ${name}_FILE names: ${file}`);
  } catch (error) {
    const why = errnoOf(error) ?? 'unknown';
    return no(`cannot be read from the file that ${name}_FILE names: ${file} (${why})`);
  }
}
