/** Page Group Response messages to devices (§7.6.1): by descriptor, or by the unit itself (Table 31). */
import { COUNT_PAGE_GROUP_RESPONSES } from "./generated/layout";
import {
  PAGE_GROUP_RESPONSE_PASID_MASK,
  PAGE_GROUP_RESPONSE_PASID_SHIFT,
  PAGE_GROUP_RESPONSE_PP_SHIFT,
  PAGE_GROUP_RESPONSE_PRGI_MASK,
  PAGE_GROUP_RESPONSE_PRGI_SHIFT,
  PAGE_GROUP_RESPONSE_RC_INVALID,
  PAGE_GROUP_RESPONSE_RC_MASK,
  PAGE_GROUP_RESPONSE_RC_SHIFT,
  PAGE_GROUP_RESPONSE_RC_SUCCESS,
  PAGE_GROUP_RESPONSE_RID_MASK,
  PAGE_GROUP_RESPONSE_RID_SHIFT,
} from "./generated/descriptors";
import { Counters } from "./counters";
import { NO_PASID, Outbox } from "./outbox";

export const RESPONSE_SUCCESS: u32 = <u32>PAGE_GROUP_RESPONSE_RC_SUCCESS;
export const RESPONSE_INVALID: u32 = <u32>PAGE_GROUP_RESPONSE_RC_INVALID;

export class PageGroupResponse {
  static send(sourceId: u32, pasid: u32, group: u32, code: u32): void {
    Counters.add(COUNT_PAGE_GROUP_RESPONSES);
    Outbox.pageGroupResponse(sourceId, pasid, group, code);
  }

  /** A page group response descriptor whose reserved bits are known to be clear. */
  static fromDescriptor(word0: u64, word1: u64): void {
    const present = (word0 >> PAGE_GROUP_RESPONSE_PP_SHIFT) & 1;
    const pasid = (word0 >> PAGE_GROUP_RESPONSE_PASID_SHIFT) & PAGE_GROUP_RESPONSE_PASID_MASK;
    PageGroupResponse.send(
      <u32>((word0 >> PAGE_GROUP_RESPONSE_RID_SHIFT) & PAGE_GROUP_RESPONSE_RID_MASK),
      present ? <u32>pasid : NO_PASID,
      <u32>((word1 >> PAGE_GROUP_RESPONSE_PRGI_SHIFT) & PAGE_GROUP_RESPONSE_PRGI_MASK),
      <u32>((word0 >> PAGE_GROUP_RESPONSE_RC_SHIFT) & PAGE_GROUP_RESPONSE_RC_MASK),
    );
  }
}
