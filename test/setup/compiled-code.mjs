import vm from 'node:vm';

const { SourceTextModule, compileFunction } = vm;
/** What V8 compiled in this process, by the text of the module or of the function. */
const modules = new Map();
const functions = new Map();
/** V8 no longer finds the callback for a dynamic import in code that it did not compile itself. */
const canBeKept = (source) => !source.includes('import(');

/*
 * Jest loads every module again for each test file. V8 then parses and compiles it again, unless it gets what it
 * compiled before (https://nodejs.org/docs/latest-v20.x/api/vm.html).
 */
vm.SourceTextModule = class extends SourceTextModule {
  constructor(source, options) {
    const cachedData = modules.get(source);
    super(source, { ...options, cachedData });
    if (cachedData === undefined && canBeKept(source)) modules.set(source, this.createCachedData());
  }
};

vm.compileFunction = (source, params, options) => {
  const cachedData = functions.get(source);
  const produceCachedData = cachedData === undefined && canBeKept(source);
  const compiled = compileFunction(source, params, { ...options, cachedData, produceCachedData });
  if (produceCachedData) functions.set(source, compiled.cachedData);
  return compiled;
};
