/** What viommu uses of binary-parser, whose package has no types that an ES module can import. */
declare module "binary-parser" {
  export class Parser {
    uint64le(name: string, options?: { formatter?: (value: bigint) => unknown }): this;
    parse(buffer: Uint8Array): unknown;
  }
}
