/** `npm test` alone leaves out the oldest supported version, except in test/schema.test.ts and test/providers/postgres-catalog.test.ts. */
const isQuick = process.env['TEST_QUICK'] !== undefined;

type Server = Readonly<{ version: string; url: string }>;

/** The servers of this run: the newest supported version and the oldest one. The reason why one is missing is printed. */
export const BOTH_VERSIONS = [
  ['18', process.env['TEST_PG_URL']],
  ['15', process.env['TEST_PG15_URL']],
].flatMap(([version = '', url]): readonly Server[] => {
  if (url) return [{ version, url }];
  console.log(`skipped: no Postgres ${version}`);
  return [];
});

export const VERSIONS: readonly Server[] = isQuick ? BOTH_VERSIONS.slice(0, 1) : BOTH_VERSIONS;
