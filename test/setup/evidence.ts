/** The result of one law: its test's title, Jest's status, and how long it took, in milliseconds. */
export type LawResult = Readonly<{ law: string; result: string; ms: number }>;

/** The page that keeps what a run of all laws showed. */
export function evidencePage(
  laws: readonly LawResult[],
  { runs, seed, commit }: Readonly<{ runs: string; seed: string; commit: string }>,
): string {
  const rows = laws.map(({ law, result, ms }) => `| ${law} | ${result} | ${(ms / 1000).toFixed(1)} s |`);
  return `# The laws, checked on many examples

\`npm run test:long\` wrote this page. It checked each law on ${runs} examples with the seed ${seed}, at the commit
${commit}. \`TEST_LAW_RUNS=${runs} TEST_LAW_SEED=${seed} npm run test:long\` repeats the run.

| law | result | time |
| --- | --- | --- |
${rows.join('\n')}
`;
}
