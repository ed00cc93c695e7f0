import { writeFileSync } from 'node:fs';
import { loadSimulator } from './bundle.ts';
import { createDatabase } from './database.ts';
const url = process.env['TEST_PG_URL'] ?? '';
const database = await createDatabase(url);
const { runSeed } = await loadSimulator('curfew');
const [from = 1, to = 5] = process.argv.slice(2).map(Number);
for (let seed = from; seed <= to; seed += 1) {
  const t = performance.now();
  const { log, violations } = await runSeed({ client: database.client, seed, bot: (process.env['BOT'] ?? 'curfew') as 'curfew' });
  console.log(seed, (performance.now() - t).toFixed(0), 'ms', log.length, 'lines', violations.length, violations.slice(0, 3).map((v) => `\n   ${v.checker}: ${v.what}`).join(''));
  if (process.env['LOG']) writeFileSync(`${process.env['LOG']}-${seed}.log`, log.join('\n'));
}
await database.drop();
