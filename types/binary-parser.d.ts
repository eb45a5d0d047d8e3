/** What viommu uses of binary-parser, whose package has no types that an ES module can import. */
declare module "binary-parser" {
  /** Fields by name as they are added: `parse` answers them all. */
  export class Parser<Fields = object> {
    uint8<Name extends string>(name: Name): Parser<Fields & Record<Name, number>>;
    uint16le<Name extends string>(name: Name): Parser<Fields & Record<Name, number>>;
    uint32le<Name extends string>(name: Name): Parser<Fields & Record<Name, number>>;
    uint64le<Name extends string>(name: Name): Parser<Fields & Record<Name, bigint>>;
    uint64le(name: string, options: { formatter: (value: bigint) => unknown }): this;
    parse(buffer: Uint8Array): Fields;
  }
}
