/** The WebAssembly API of Node and browsers, which lib "ES2023" alone does not declare. */
