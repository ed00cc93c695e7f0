/** The servers of this run: the newest supported version and the oldest one. The reason why one is missing is printed. */
export const VERSIONS = [
  ['18', process.env['TEST_PG_URL']],
  ['15', process.env['TEST_PG15_URL']],
].flatMap(([version = '', url]): readonly Readonly<{ version: string; url: string }>[] => {
  if (url) return [{ version, url }];
  console.log(`skipped: no Postgres ${version}`);
  return [];
});
