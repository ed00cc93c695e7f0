import { loadDotEnv } from '../app/settings/settings.ts';
import { createProgram } from './program.ts';
import { fail } from './terminal/exit.ts';

loadDotEnv(process.cwd());

try {
  await createProgram().parseAsync();
} catch (error) {
  fail(error);
}
