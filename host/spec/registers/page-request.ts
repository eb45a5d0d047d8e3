import type { Register } from "../fields.js";
import {
  eventAddressFields,
  eventControlFields,
  eventDataFields,
  eventUpperAddressFields,
} from "./event.js";

/** Page request queue registers (§11.4.11). */
export const pageRequestRegisters: readonly Register[] = [
  {
    mnemonic: "PQH",
    title: "Page request queue head",
    section: "11.4.11.1",
    width: 64,
    offset: 0x0c0,
    requires: ["PRS"],
    fields: [
      {
        name: "PQH",
        high: 18,
        low: 5,
        access: "RW",
        meaning: "offset of the next request that software takes, in units of 32 bytes",
      },
    ],
  },
  {
    mnemonic: "PQT",
    title: "Page request queue tail",
    section: "11.4.11.2",
    width: 64,
    offset: 0x0c8,
    requires: ["PRS"],
    fields: [
      {
        name: "PQT",
        high: 18,
        low: 5,
        access: "RW",
        meaning: "offset at which hardware writes the next request, in units of 32 bytes",
      },
    ],
  },
  {
    mnemonic: "PQA",
    title: "Page request queue address",
    section: "11.4.11.3",
    width: 64,
    offset: 0x0d0,
    requires: ["PRS"],
    fields: [
      { name: "PQA", high: 63, low: 12, access: "RW", meaning: "first page of the queue" },
      { name: "PQS", high: 2, low: 0, access: "RW", meaning: "the queue has 2^PQS pages" },
    ],
  },
  {
    mnemonic: "PRS",
    title: "Page request status",
    section: "11.4.11.4",
    width: 32,
    offset: 0x0dc,
    requires: ["PRS"],
    fields: [
      {
        name: "PRO",
        high: 1,
        low: 1,
        access: "RW1CS",
        meaning: "a page request found the queue full",
      },
      {
        name: "PPR",
        high: 0,
        low: 0,
        access: "RW1CS",
        meaning: "a page request was written to the queue",
      },
    ],
  },
  {
    mnemonic: "PECTL",
    title: "Page request event control",
    section: "11.4.11.5",
    width: 32,
    offset: 0x0e0,
    requires: ["PRS"],
    fields: eventControlFields,
  },
  {
    mnemonic: "PEDATA",
    title: "Page request event data",
    section: "11.4.11.6",
    width: 32,
    offset: 0x0e4,
    requires: ["PRS"],
    fields: eventDataFields,
  },
  {
    mnemonic: "PEADDR",
    title: "Page request event address",
    section: "11.4.11.7",
    width: 32,
    offset: 0x0e8,
    requires: ["PRS"],
    fields: eventAddressFields,
  },
  {
    mnemonic: "PEUADDR",
    title: "Page request event upper address",
    section: "11.4.11.8",
    width: 32,
    offset: 0x0ec,
    requires: ["PRS"],
    fields: eventUpperAddressFields,
  },
];
