import { cpus } from 'node:os';
import { clicks } from './clicks.ts';
import { startChild } from './child.ts';
import { type ConsoleSize, measureConsolePages } from './console-pages.ts';
import { consoleLines } from './console-table.ts';
import { type EndsSize, measureEnds } from './ends.ts';
import { bareLife, curfewLives } from './lives.ts';
import { type LivesWorld, startLivesWorld } from './lives-world.ts';
import { type LogSize, measureLog } from './log-measures.ts';
import { measureLoad } from './load.ts';
import type { LoadSize } from './load-world.ts';
import { measureMemory, type MemorySize, WARM_UP } from './memory.ts';
import { firstLeaseOf } from './policy.ts';
import { measureRequestSearch, type RequestSearchSize } from './request-search.ts';
import { measureQuestions, type QuestionsSize } from './questions.ts';
import { interleave, type Size } from './rounds.ts';
import {
  clicksTable,
  endsTable,
  livesTable,
  loadTable,
  memoryTable,
  questionsTable,
  searchLines,
  logTable,
  spreadOf,
} from './table.ts';

/** How much each part of the benchmark does. */
export type Sizes = Readonly<{
  load: LoadSize;
  ends: EndsSize;
  memory: MemorySize;
  questions: QuestionsSize;
  search: RequestSearchSize;
  log: LogSize;
  console: ConsoleSize;
  lives: Size;
  clicks: number;
}>;

/** The address of an empty ledger, and an empty folder. */
type Place = Readonly<{ url: string; home: string }>;

/** Each part measures, and prints its figures. */
export const PARTS = { load, ends, memory, questions, search, console: consolePages, lives, log } as const;
export type PartName = keyof typeof PARTS;

/** Whether nothing is lost and no limit exceeded when many people request and approve at once, and how long they wait. */
async function load({ load: size }: Sizes, { url, home }: Place): Promise<void> {
  const measured = await measureLoad(size, url, home);
  console.log(`
A load: ${size.requests} requests at once, then ${size.requests} approvals at once by ${size.approvers} approvers, within Slack's rate limits.
The limits, in the simulated Slack and in the bot, are ${size.speed} times faster than Slack's, and the times are multiplied by ${size.speed}.

${loadTable(measured, size)}

  Messages lost: ${measured.lost}. Messages that came twice: ${measured.duplicates}. Calls refused for a rate limit (429): ${measured.refused}.
  New messages to people go first. The card in the channel and the edits of messages have time.
${measured.warnings.map((warning) => `  Warning: ${warning}\n`).join('')}`);
}

/** How long many revocations take at a vendor whose limit decides, when no workflow runs and the sweeper does them all. */
async function ends({ ends: size }: Sizes, { url, home }: Place): Promise<void> {
  const measured = await measureEnds(size, url, home);
  console.log(`
${size.leases} live leases, at a vendor that takes ${size.latencyMs} ms for a call and handles ${size.cap} at once. The sweeper ends them.

${endsTable(measured)}

  Before that, ${size.leases} leases were ended for everybody with one click, which was decided in ${measured.ended.decidedS.toFixed(1)} s.
${measured.failures.map((failure) => `  Failure: ${failure}\n`).join('')}`);
}

/** What a live lease costs the worker's process in memory. */
async function memory({ memory: size }: Sizes, { url, home }: Place): Promise<void> {
  const world = await startLivesWorld(url, home, WARM_UP + size.leases);
  try {
    const measured = await measureMemory(world, size);
    console.log(`
The resident memory of a worker's process with live leases, each with its workflow in the worker's cache, on Node ${process.version}:

${memoryTable(measured)}
`);
  } finally {
    await world.stop();
  }
}

/** How long it takes to say who had access at a moment, against a scan of as many rows by the primary key. */
async function questions({ questions: size }: Sizes, { url }: Place): Promise<void> {
  const measured = await measureQuestions(size, url);
  console.log(`
Who had access at a moment, in a ledger of ${size.grants} grants, against a scan of as many rows by the primary key; ${size.moments} moments, in turns. Median (10 % to 90 %):

${questionsTable(measured)}
`);
}

/** How long a page of a search of requests takes, and a count, against a scan of a page of rows by the primary key. */
async function search({ search: size }: Sizes, { url }: Place): Promise<void> {
  const measured = await measureRequestSearch(size, url);
  console.log(`
A page of 50 requests of ${size.requests}, for ${measured.searches.length} searches, against a scan of 50 rows by the primary key; ${size.rounds} rounds. Medians, the slowest searches first:

${searchLines(measured)}
`);
}

/** How long each page of the console takes at the server, and how large it is. */
async function consolePages({ console: size }: Sizes, { url, home }: Place): Promise<void> {
  const measured = await measureConsolePages(size, url, home);
  console.log(`
Every page of the console, for an auditor, in a ledger of ${size.requests} requests of two years with everything that they leave behind; ${size.rounds} rounds. The slowest pages first:

${consoleLines(measured)}
`);
}

/** What the log costs: an append, the wait of an approval, an export, and its verification. */
async function log({ log: size }: Sizes, { url, home }: Place): Promise<void> {
  const measured = await measureLog(size, url, home);
  console.log(`
The audit log, with ${size.entries} entries; ${size.rounds} rounds in turns, Node ${process.version}. Median (least to most):

${logTable(measured)}

  An approval waited for its published checkpoint, in milliseconds: ${spreadOf(measured.waits)}.
  The export took ${(measured.exported.ms / 1000).toFixed(1)} s and ${(measured.exported.grewBy / 2 ** 20).toFixed(0)} MB of memory more.
`);
}

/** Measures Curfew against what Temporal and Postgres cost by themselves. */
async function lives({ lives: size, clicks: count }: Sizes, { url, home }: Place): Promise<void> {
  const world = await startLivesWorld(url, home, firstLeaseOf(size.atOnce));
  try {
    const pairs = await measureLives(world, size);
    const clicked = await clicks(world.deps, { owner: url, writer: url }, count);
    console.log(`
The whole life of a request (requested, approved, granted, ended, receipt) against a workflow of three empty activities
${size.rounds} rounds of ${size.lives} lives each, ${size.atOnce} at once, A B A B; Node ${process.version}, ${cpus().length} processors. Median (least to most):

${livesTable(pairs)}

  Ending by hand is one answer more than expiring: a life that expires has 36 events.

A click, from the payload to the acknowledgement, against one committed insert; ${count} of each, in turns. Median (10 % to 90 %):

${clicksTable(clicked.click, clicked.insert)}
`);
  } finally {
    await world.stop();
  }
}

/** Stops its workers and its dispatcher before it returns: what is measured next is alone. */
async function measureLives({ deps, client, places }: LivesWorld, size: Size) {
  const curfew = await startChild('curfew', places);
  const bare = await startChild('bare', places);
  const { live, stop } = curfewLives(deps, client);
  try {
    return await interleave(client, { child: curfew, live }, { child: bare, live: bareLife(client) }, size);
  } finally {
    await stop();
    await Promise.all([curfew.stop(), bare.stop()]);
  }
}
