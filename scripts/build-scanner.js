// @ts-check
/**
 * Compiles the scanner (AssemblyScript) to WebAssembly and writes it as a module that the rest can import:
 * src/sources/sysdig-json/scanner-code.ts. Does nothing where that module is of this source and this compiler.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Not a literal at the import: its types would change those of Array for the whole project. */
const COMPILER = 'assemblyscript/asc';

const folder = fileURLToPath(new URL('../src/sources/sysdig-json/', import.meta.url));
const target = `${folder}scanner-code.ts`;
const source = readFileSync(`${folder}assembly/scanner.ts`, 'utf8');
/** Memory is the caller's; nothing in the scanner needs a runtime or can fail. */
const options = [
  'scanner.ts', '--outFile', 'scanner.wasm', '-O3', '--converge', '--noAssert', '--runtime', 'stub',
  '--importMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', '65536',
  '--enable', 'simd', '--enable', 'bulk-memory',
]; // prettier-ignore
/** Memory that threads share, and memory that one thread has for itself: to that others copy several times faster. */
const VARIANTS = { SHARED_CODE: ['--sharedMemory', '--enable', 'threads'], OWN_CODE: [] };
const { version } = createRequire(import.meta.url)('assemblyscript/package.json');
const stamp = createHash('sha256')
  .update(JSON.stringify([source, options, VARIANTS, version]))
  .digest('hex');

if (!existsSync(target) || !readFileSync(target, 'utf8').includes(stamp)) {
  // Only now: loading the compiler takes a second.
  const { default: asc } = await import(COMPILER);
  let text = `// Made of assembly/scanner.ts by scripts/build-scanner.js; not to be edited. ${stamp}\n`;
  for (const [name, more] of Object.entries(VARIANTS)) {
    /** @type {Uint8Array | null} */
    let code = null;
    const { error, stderr } = await asc.main([...options, ...more], {
      readFile: (/** @type {string} */ file) => (file === 'scanner.ts' ? source : null),
      writeFile: (/** @type {string} */ _, /** @type {string | Uint8Array} */ contents) => {
        if (typeof contents !== 'string') code = contents;
      },
      listFiles: () => [],
    });
    if (error || code === null) {
      process.stderr.write(`the scanner was not compiled: ${error?.message ?? 'no code'}\n${stderr.toString()}`);
      process.exit(1);
    }
    text += `\nexport const ${name} =\n  '${Buffer.from(code).toString('base64')}';\n`;
  }
  writeFileSync(target, text);
}
