/**
 * The words in which the manual describes a register or a structure: fields of bits, with who may
 * change them (VT-d 5.10 §11.3). Types only; the tables beside this file are the data.
 */
export {};
