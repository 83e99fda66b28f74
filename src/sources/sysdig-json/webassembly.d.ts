/* eslint-disable @typescript-eslint/no-extraneous-class -- they are classes */
/** What is used of WebAssembly's API; Node's types leave it to the DOM's, which would bring all of a browser along. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: boolean });
    readonly buffer: ArrayBufferLike;
    grow(pages: number): number;
  }
}
