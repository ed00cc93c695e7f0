import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { format, type FormatConfig } from 'oxfmt';

const SETTINGS = join(resolve(import.meta.dirname, '..'), '.oxfmtrc.json');

/** The text of a file that a script writes, in the format of the project. The ending of its name says the language. */
export async function formatted(file: string, text: string): Promise<string> {
  const { code, errors } = await format(
    file,
    text,
    JSON.parse(readFileSync(SETTINGS, 'utf8')) as FormatConfig,
  );
  if (errors.length > 0) throw new Error(`${file}: ${errors.map(({ message }) => message).join('; ')}`);
  return code;
}
