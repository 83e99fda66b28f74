// @ts-check
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * What each folder of src/ may import of the others; everything flows from left to right (docs/architecture.md).
 * @type {Record<string, string[]>}
 */
const mayImport = {
  time: [],
  model: ['time'],
  sources: ['time', 'model'],
  streams: ['time', 'model'],
  timeline: ['time', 'model'],
  reports: ['time', 'model'],
  diagnosis: ['time', 'model', 'streams', 'timeline'],
  sessions: ['time', 'model', 'sources'],
  comparison: ['time', 'model'],
  cli: ['time', 'model', 'sources', 'streams', 'timeline', 'reports', 'diagnosis', 'sessions', 'comparison'],
};
const folders = Object.keys(mayImport);

/** @type {import('eslint').Linter.Config[]} */
const boundaries = Object.entries(mayImport).flatMap(([folder, allowed]) => {
  const forbidden = folders.filter((other) => other !== folder && !allowed.includes(other));
  // A folder below one of these may have the name of another: how many steps up lead to src/ depends on where a file lies.
  return [0, 1, 2].map((depth) => {
    const patterns = [];
    if (forbidden.length > 0) {
      patterns.push({
        regex: `^(\\.\\./){${depth + 1}}(${forbidden.join('|')})/`,
        message: `src/${folder} may import only: ${allowed.join(', ') || 'nothing of the others'}.`,
      });
    }
    if (folder !== 'streams') {
      patterns.push({ regex: '^rxjs($|/)', message: 'RxJS stays in src/streams.' });
    }
    return {
      files: [`src/${folder}/${'*/'.repeat(depth)}*.ts`],
      rules: { 'no-restricted-imports': ['error', { patterns }] },
    };
  });
});

export default defineConfig(
  globalIgnores(['dist/', 'coverage/', 'traces/', '**/assembly/', '**/scanner-code.ts']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    rules: { 'max-lines': ['warn', { max: 400 }] },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortController',
          'Buffer',
          'TextDecoder',
          'URL',
          'clearTimeout',
          'console',
          'performance',
          'process',
          'setTimeout',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  ...boundaries,
  prettier,
);
