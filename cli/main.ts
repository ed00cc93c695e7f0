import { loadDotEnv } from '../app/settings/dot-env.ts';
import { createProgram } from './program.ts';
import { fail } from './terminal/exit.ts';
import { endWhenNobodyReads } from './terminal/pipe.ts';

endWhenNobodyReads();
loadDotEnv(process.cwd());

try {
  await createProgram().parseAsync();
} catch (error) {
  fail(error);
}
