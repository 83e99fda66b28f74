import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProcessTable } from '../../src/timeline/processes.js';

describe('ProcessTable', () => {
  it('learns child and parent from a clone that returned in the parent', () => {
    const table = new ProcessTable();
    table.noteClone(30597, 'bash', 'res=31284(bash) exe=bash args= tid=30597(bash) ');
    expect(table.parentOf(31284)).toBe(30597);
    expect(table.nameOf(31284)).toBe('bash');
    expect(table.nameOf(30597)).toBe('bash');
  });

  it('learns nothing from the side of the child, from failures and from rows without result', () => {
    const table = new ProcessTable();
    for (const info of ['res=0 ', 'res=-11(EAGAIN) ', '', 'res=x ']) table.noteClone(5, 'bash', info);
    expect([table.nameOf(0), table.nameOf(5), table.parentOf(0), table.parentOf(-11)]).toEqual(['', '', null, null]);
  });

  it('knows nothing of threads never seen', () => {
    const table = new ProcessTable();
    expect([table.nameOf(7), table.parentOf(7)]).toEqual(['', null]);
  });

  it('takes the last name a thread was seen under, never an empty one', () => {
    const table = new ProcessTable();
    table.noteName(7, 'a');
    table.noteName(7, 'b');
    table.noteName(7, '');
    table.noteClone(1, 'init', 'res=7(c) ');
    expect(table.nameOf(7)).toBe('b');
    expect(table.parentOf(7)).toBe(1);
  });

  it('reads names with brackets and spaces', () => {
    for (const name of ['(sd-pam)', 'a (b) c', 'a b', 'x) y']) {
      const table = new ProcessTable();
      table.noteClone(1, 'init', `res=7(${name}) exe=${name} args= tid=1(init) `);
      expect(table.nameOf(7)).toBe(name);
    }
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (info) => {
        expect(() => {
          new ProcessTable().noteClone(1, 'x', `res=${info}`);
        }).not.toThrow();
      }),
    );
  });

  it('stays bounded and keeps the newest', () => {
    const table = new ProcessTable();
    for (let tid = 1; tid <= 70_000; tid++) table.noteName(tid, 'x');
    expect(table.nameOf(70_000)).toBe('x');
    expect(table.nameOf(1)).toBe('');
  });
});
